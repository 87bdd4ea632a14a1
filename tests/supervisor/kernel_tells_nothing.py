"""Preloaded by a test: takes the kernel's parent-death signal away, as on a system that has none."""

import supervisor.lifeline

supervisor.lifeline._prctl(supervisor.lifeline._PR_SET_PDEATHSIG, 0)
supervisor.lifeline._prctl = lambda option, argument: False
