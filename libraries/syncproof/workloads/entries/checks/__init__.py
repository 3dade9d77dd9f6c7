"""What is judged of entries and their conflicts."""
