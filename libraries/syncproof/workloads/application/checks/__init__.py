"""What is judged of applications that are shown, left and closed."""
