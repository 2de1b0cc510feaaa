"""Load, soak and storm: the served product under many users at once, seen from outside, by HTTP."""
