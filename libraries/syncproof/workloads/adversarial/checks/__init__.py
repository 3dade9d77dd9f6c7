"""What is judged of a server that was attacked, and of the devices beside it."""
