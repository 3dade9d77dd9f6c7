"""Results of a run: its closing line, the rerun of what failed, skips, and the pages that are made from them."""
