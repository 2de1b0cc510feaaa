"""Who judges: question sets, runs, metrics, and comparison with a baseline."""
