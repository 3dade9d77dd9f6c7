"""What is judged of channels, beside what is judged of every operation."""
