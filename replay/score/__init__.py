"""Whether signals and decisions have paid, judged from recorded logs."""
