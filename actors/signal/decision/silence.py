"""How long after a word the same word is not said again."""


class Silence:
    """Keeps quiet for a time after each word, by its name."""

    __slots__ = ("_cooldown_ns", "_until_ns")

    def __init__(self, cooldown_ns: int) -> None:
        self._cooldown_ns = cooldown_ns
        self._until_ns: dict[tuple[str, str], int] = {}

    def over(self, name: tuple[str, str], at_ns: int) -> bool:
        """Whether this may be said again. A silence longer than the cooldown is one from before the clock
        was set back, and over."""
        return not 0 < self._until_ns.get(name, 0) - at_ns <= self._cooldown_ns

    def begin(self, name: tuple[str, str], at_ns: int) -> None:
        """It was said: be quiet of it from now on."""
        self._until_ns[name] = at_ns + self._cooldown_ns
