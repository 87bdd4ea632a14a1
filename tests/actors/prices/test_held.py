from actors.prices.held import HeldUpdates, Update


def update(first: int, last: int) -> Update:
    return Update(first, last, [(first, 1)], [], 0)


def held(*updates: Update) -> HeldUpdates:
    run = HeldUpdates()
    for one in updates:
        run.hold(one)
    return run


def test_nothing_held_fits_every_snapshot() -> None:
    assert held().fits(1)
    assert held().after(1) == []


def test_a_snapshot_that_leaves_a_hole_before_the_run_does_not_fit() -> None:
    run = held(update(10, 12), update(13, 13))
    assert [run.fits(last) for last in (8, 9, 11, 99)] == [False, True, True, True]


def test_what_the_snapshot_holds_already_is_dropped() -> None:
    run = held(update(10, 12), update(13, 15), update(16, 20))
    assert run.after(13) == [update(13, 15), update(16, 20)]
    assert run.after(13) == []


def test_after_a_hole_the_run_begins_anew() -> None:
    run = held(update(10, 12), update(14, 15))
    assert not run.fits(12)
    assert run.fits(13)
    assert run.after(13) == [update(14, 15)]


def test_an_update_that_overlaps_the_one_before_is_no_hole() -> None:
    run = held(update(10, 12), update(10, 12), update(11, 14))
    assert run.after(12) == [update(11, 14)]
