"""`python -m cli`."""

import signal

signal.signal(signal.SIGINT, signal.SIG_DFL)  # until `main` can answer a Ctrl-C, it ends us without a word

from cli.main import main  # noqa: E402 - the line above is to come first

main()
