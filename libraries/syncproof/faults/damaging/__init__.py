"""A link that damages what passes over it."""
