"""Read markers: how far a user has read, on the device and on the server."""
