"""What the system costs and how fast it is, as figures in one run: `bin/bench`."""
