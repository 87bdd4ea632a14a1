"""Calibrations fitted on what was recorded, and tested on what came later."""
