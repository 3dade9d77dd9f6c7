"""What is judged of read markers."""
