from actors.signal.decision.silence import Silence

S = 1_000_000_000


def test_the_cooldown_ends_on_time_and_also_when_the_clock_was_set_back() -> None:
    silence = Silence(5 * S)
    said = []
    for at_ns in (1000 * S, 1005 * S - 1, 1005 * S, 10 * S):
        said.append(silence.over(("edge", "yes"), at_ns))
        if said[-1]:
            silence.begin(("edge", "yes"), at_ns)
    assert said == [True, False, True, True]


def test_every_word_has_a_silence_of_its_own() -> None:
    silence = Silence(5 * S)
    silence.begin(("edge", "yes"), S)
    assert not silence.over(("edge", "yes"), S)
    assert silence.over(("edge", "no"), S)
    assert silence.over(("delay", "yes"), S)
