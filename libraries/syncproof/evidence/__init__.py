"""What was seen: the recorder that writes histories, the readers and the checkers of them."""
