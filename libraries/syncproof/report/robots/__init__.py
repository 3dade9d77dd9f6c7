"""Robot processes that are started once and run many tests, one after the other."""
