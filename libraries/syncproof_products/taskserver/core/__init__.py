"""What the server decides, without any input or output."""
