"""Handlers take note; somebody else acts."""

import os
import select
import signal

from supervisor.signals import Signals


def test_signals_are_noted_in_order_and_wake_the_loop() -> None:
    with Signals(children=False) as signals:
        assert signals.take() == []
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGINT)
        assert select.select([signals.fd], [], [], 5)[0]
        assert signals.take() == [signal.SIGTERM, signal.SIGINT]
        assert not select.select([signals.fd], [], [], 0)[0]


def test_what_was_before_is_again_afterwards() -> None:
    before = {signum: signal.getsignal(signum) for signum in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)}
    with Signals(children=True):
        assert signal.getsignal(signal.SIGCHLD) != before[signal.SIGCHLD]
    assert before == {signum: signal.getsignal(signum) for signum in before}
