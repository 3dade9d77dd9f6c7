"""Sentences about applications that are shown, left and closed."""
