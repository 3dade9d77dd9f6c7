"""What is judged of folders."""
