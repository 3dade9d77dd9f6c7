"""A web proxy on the way of a link that knows requests and their answers, and refuses WebSockets and TLS."""
