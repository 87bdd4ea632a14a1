"""What an export is asked for."""

from collections.abc import Sequence
from typing import NamedTuple

from actors.store.manifest import Manifest, TableFile
from actors.store.tables import UNKNOWN_TABLE, Table


class Span(NamedTuple):
    """Records appended at or after from_ns and before to_ns, of these tables."""

    from_ns: int
    to_ns: int
    tables: Sequence[Table]

    @property
    def kinds(self) -> frozenset[int] | None:
        """As readers of logs take them; None: all, because any may turn out to be unreadable."""
        wanted = frozenset(table.kind for table in self.tables)
        return None if UNKNOWN_TABLE.kind in wanted else wanted

    def meets(self, stored: Manifest) -> bool:
        """Whether any record of a stored segment may lie in it."""
        return stored.to_ns >= self.from_ns and stored.from_ns < self.to_ns

    def files(self, stored: Manifest) -> list[TableFile]:
        """The files of a stored segment that may hold rows of it."""
        names = {table.name for table in self.tables}
        return [file for file in stored.tables if file.table in names] if self.meets(stored) else []

    def table(self, name: str) -> Table:
        """The table of that name, which is one of them."""
        (found,) = (table for table in self.tables if table.name == name)
        return found
