"""A module that ends the process that imports it, or would like to."""

raise SystemExit(3)
