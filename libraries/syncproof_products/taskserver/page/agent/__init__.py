"""The page in a real browser, and its agent: a user's browser is the device."""
