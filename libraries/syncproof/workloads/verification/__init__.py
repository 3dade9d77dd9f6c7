"""Two devices that verify each other by comparing emoji."""
