"""Evidence: the recorder that writes histories, their readers and their checkers."""
