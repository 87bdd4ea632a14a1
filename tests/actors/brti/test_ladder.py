from hypothesis import given
from hypothesis import strategies as st

from actors.brti.ladder import Ladder

LEVELS = st.tuples(st.integers(-30, 30), st.integers(0, 5))


def held(ladder: Ladder) -> dict[int, int]:
    return dict(zip(ladder.keys, ladder.sizes, strict=True))


@given(st.lists(LEVELS), st.lists(LEVELS), st.sampled_from((1, -1)))
def test_a_ladder_holds_what_a_sorted_dictionary_would(
    first: list[tuple[int, int]], changes: list[tuple[int, int]], sign: int
) -> None:
    ladder = Ladder()
    ladder.replace(first)
    plain = {key: size for key, size in dict(first).items() if size}
    ladder.set([(key * sign, size) for key, size in changes], sign)
    for key, size in changes:
        plain[key] = size
        if not size:
            del plain[key]
    assert list(ladder.keys) == sorted(plain)
    assert held(ladder) == plain
    assert ladder.total == sum(plain.values())
    assert len(ladder) == len(plain)


def test_removing_what_is_not_there_does_nothing() -> None:
    ladder = Ladder()
    ladder.replace([(1, 5)])
    ladder.set([(2, 0)])
    assert held(ladder) == {1: 5}


def test_the_nearest_come_best_first_and_from_a_key_they_are_counted() -> None:
    ladder = Ladder()
    ladder.replace([(3, 30), (1, 10), (2, 20)])
    keys, sizes = ladder.nearest(2)
    assert (keys.tolist(), sizes.tolist()) == ([3, 2], [30, 20])
    del keys, sizes
    assert [ladder.from_key(key) for key in (0, 2, 3, 4)] == [3, 2, 1, 0]
    ladder.set([(4, 40)])
    assert ladder.nearest(1)[0].tolist() == [4]


def test_an_empty_ladder_has_nothing_near() -> None:
    keys, sizes = Ladder().nearest(0)
    assert (len(keys), len(sizes)) == (0, 0)


@given(st.lists(st.lists(LEVELS), max_size=4))
def test_merged_ladders_keep_every_order_under_its_tag(books: list[list[tuple[int, int]]]) -> None:
    ladders = []
    for book in books:
        ladder = Ladder()
        ladder.replace(book)
        ladders.append(ladder)
    merged = Ladder()
    merged.merge(enumerate(ladders), 4)
    expected = {key * 16 + tag: size for tag, one in enumerate(ladders) for key, size in held(one).items()}
    assert held(merged) == expected
    assert list(merged.keys) == sorted(expected)
    assert merged.total == sum(expected.values())
