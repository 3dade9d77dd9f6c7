"""What is judged of groups that are encrypted from end to end."""
