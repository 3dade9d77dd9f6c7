"""What is judged of tasks, beside what is judged of every operation."""
