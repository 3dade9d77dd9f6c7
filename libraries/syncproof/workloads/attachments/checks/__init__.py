"""What is judged of attachments."""
