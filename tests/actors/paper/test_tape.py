from actors.paper.tape import HELD_NS, Tape, stamp_ns
from messages import ActorStarted, FeedGap, MarketBookWithdrawn, Message
from tests.actors.paper.playing import MS, T0, TICKER, S, change, defined, health, snapshot


def tape(*messages: Message) -> Tape:
    made = Tape()
    for seq, message in enumerate(messages, 1):
        assert made.take(seq, message) == []
    return made


def test_records_are_passed_up_to_a_time_in_order() -> None:
    made = tape(health(T0), health(T0 + S), health(T0 + 2 * S))
    assert [entry.seq for entry in made.until(T0 + S)] == [1, 2]
    assert (made.passed_ns, made.passed_seq, made.heard_ns) == (T0 + S, 2, T0 + 2 * S)
    assert made.until(T0 + S) == []
    assert [entry.seq for entry in made.until(T0 + 9 * S)] == [3]
    assert made.passed_ns == T0 + 2 * S  # no further than was heard


def test_a_stamp_that_is_a_little_older_than_the_one_before_keeps_its_place() -> None:
    made = tape(health(T0), health(T0 - 100 * MS), health(T0 + S))
    assert [entry.seq for entry in made.until(T0 - 100 * MS)] == []
    assert [entry.seq for entry in made.until(T0)] == [1, 2]


def test_what_was_held_long_enough_is_let_go() -> None:
    made = tape(health(T0), health(T0 + 1), health(T0 + HELD_NS))
    assert [entry.seq for entry in made.settled()] == [1]


def test_a_clock_that_is_set_back_passes_everything_and_begins_anew() -> None:
    made = tape(health(T0), health(T0 + S))
    assert [entry.seq for entry in made.take(3, health(T0 - 60 * S))] == [1, 2]
    assert (made.heard_ns, made.passed_ns) == (T0 - 60 * S, T0 - 60 * S)


def test_a_time_was_seen_if_records_stand_on_both_sides_of_it() -> None:
    made = tape(health(T0), health(T0 + S))
    made.until(T0 + S // 2)
    assert made.blind(T0 + S // 2, 3 * S) == ""


def test_a_long_silence_around_a_time_saw_nothing() -> None:
    silent = "Kalshi's feed was silent for more than 3 s"
    made = tape(health(T0), health(T0 + 4 * S))
    made.until(T0 + S)
    assert made.blind(T0 + S, 3 * S) == silent
    made = tape(health(T0))
    made.until(T0 + S)
    assert made.blind(T0 + S, 3 * S) == silent


def test_a_feed_that_began_anew_right_after_a_time_did_not_see_it() -> None:
    made = tape(health(T0), ActorStarted("kalshi", "s", 1, T0 + S, "0", "{}"))
    made.until(T0 + MS)
    assert made.blind(T0 + MS, 3 * S) == "Kalshi's feed was not running"
    made = tape(health(T0), FeedGap("kalshi", 2, T0, T0 + S, "killed"))
    made.until(T0 + MS)
    assert made.blind(T0 + MS, 3 * S) == "Kalshi's feed had a gap"
    made = tape(health(T0), FeedGap("kalshi", 2, T0 + 2 * MS, T0 + S, "killed"))
    made.until(T0 + MS)
    assert made.blind(T0 + MS, 3 * S) == ""


def test_every_record_is_stamped_with_the_time_at_which_it_was_true() -> None:
    assert stamp_ns(snapshot(5)) == stamp_ns(change(5, True, 1, 1)) == stamp_ns(defined(5)) == 5
    assert stamp_ns(FeedGap("kalshi", 1, 3, 5, "")) == stamp_ns(MarketBookWithdrawn(TICKER, 0, 5, "")) == 5
