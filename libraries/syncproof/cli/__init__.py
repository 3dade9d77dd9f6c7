"""The command `syncproof`: what works here, which products there are, and the first files of one's own."""
