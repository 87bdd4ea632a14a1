"""A recorded session played on the venues' own protocols."""
