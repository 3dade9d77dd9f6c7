"""Defects of a Syncthing device."""
