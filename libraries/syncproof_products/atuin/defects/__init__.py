"""Defects of an Atuin device."""
