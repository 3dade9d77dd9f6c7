"""What is judged of how devices recover."""
