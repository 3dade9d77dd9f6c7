"""Sentences about devices that leave and come back."""
