"""What the keyword libraries are made with: the one package of syncproof that knows Robot Framework while it runs."""
