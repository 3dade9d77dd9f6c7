"""End-to-end encryption of a group and secure sessions, pure: bytes and keys in, bytes out.

Nothing here does I/O, reads a clock or draws a random number of its own, with one exception: ML-KEM encapsulation,
whose library draws its own. The shells of a product bring sockets, clocks and `random`.
"""
