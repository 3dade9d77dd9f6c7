"""What a peer decides, without any input or output, and without a clock."""
