"""Messages as they travel: there are few lengths, so that who counts bytes learns little of what is said."""

from __future__ import annotations

#: What is around a block in a message; a message has no fewer bytes.
_AROUND = 512
#: Where a message ends, and what is behind it (ISO/IEC 7816-4 pads so).
_END, _NOTHING = b"\x80", b"\0"


class Unpadded(Exception):
    """What came has no end."""


def length(size: int) -> int:
    """Bytes that a message of so many has on its way: 512, and a power of two where that is not enough.

    So a block of a power of two has nothing behind it but what is left of these 512.
    """
    more = size + len(_END) - _AROUND
    return _AROUND + (1 << (more - 1).bit_length() if more > 0 else 0)


def padded(message: bytes) -> bytes:
    """As it travels."""
    return (message + _END).ljust(length(len(message)), _NOTHING)


def bare(came: bytes) -> bytes:
    """The message in it. Raises Unpadded."""
    message = came.rstrip(_NOTHING)
    if not message.endswith(_END):
        raise Unpadded(f"a message of {len(came)} bytes has no end")
    return message[: -len(_END)]
