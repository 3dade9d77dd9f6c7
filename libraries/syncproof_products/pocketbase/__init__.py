"""PocketBase as a product: the program as it is released, and devices of ours over its REST and realtime API."""
