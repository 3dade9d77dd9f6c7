"""What is judged of devices as replicas of one log."""
