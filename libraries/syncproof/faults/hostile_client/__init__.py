"""A client that speaks to a server over sockets of its own and keeps to no protocol: what it says is in `attacks`."""
