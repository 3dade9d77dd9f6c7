"""What devices do and what must come of it: a folder for each theme, found by the registry."""
