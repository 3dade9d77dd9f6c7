"""What is judged of messages, and of events that nobody can read."""
