"""Entries that devices write into again and again, and their conflicts."""
