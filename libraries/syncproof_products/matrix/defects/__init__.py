"""Defects of the Matrix device."""
