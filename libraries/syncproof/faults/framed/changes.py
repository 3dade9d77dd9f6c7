"""What becomes of one frame of a secured connection. Pure.

A frame is four bytes of length and its content; in a handshake the content begins with the byte 0, and a message of
`Noise_XXhfs_25519+MLKEM768` follows: `e, e1` from the device (32 and 1,184 bytes), `e, ee, ekem1, s, es` from the relay
(32, 1,088 and a tag of 16, 48, 16), `s, se` from the device.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

LENGTH_BYTES = 4
_KIND, _X25519, _KEM_KEY, _CIPHERTEXT = 1, 32, 1184, 1088
#: Where the encapsulation key of the first message, and the ciphertext of the second one, begin.
_KEM = _KIND + _X25519

Stream = Literal["upstream", "downstream"]


def framed(content: bytes) -> bytes:
    """A frame around it, however long it is."""
    return len(content).to_bytes(LENGTH_BYTES, "big") + content


def flipped(content: bytes, at: int) -> bytes:
    """With its lowest bit flipped there."""
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


@dataclass(frozen=True)
class Change:
    """What becomes of frame `number` (from 1) of a stream.

    edit: answers the contents of the frames that go on instead. waits: it goes on only behind the frame that follows.
    """

    stream: Stream
    number: int
    edit: Callable[[bytes], list[bytes]]
    waits: bool = False


def _one(edit: Callable[[bytes], bytes]) -> Callable[[bytes], list[bytes]]:
    return lambda content: [edit(content)]


CHANGES: Final[dict[str, Change]] = {
    "corrupt": Change("downstream", 1, _one(lambda content: flipped(content, _KEM + 500))),
    "truncate": Change("downstream", 1, _one(lambda content: content[: len(content) // 2])),
    "reorder": Change("upstream", 2, _one(lambda content: content), waits=True),
    "replay": Change("upstream", 1, lambda content: [content, content]),
    "oversize": Change("upstream", 1, _one(lambda content: content + bytes(65_536))),
    "swallow": Change("downstream", 1, lambda _: []),
    "kem_bit": Change("downstream", 1, _one(lambda content: flipped(content, _KEM + _CIPHERTEXT - 1))),
    "kem_short": Change(
        "downstream",
        1,
        _one(lambda content: content[: _KEM + _CIPHERTEXT - 1] + content[_KEM + _CIPHERTEXT :]),
    ),
    "kem_other": Change("upstream", 1, _one(lambda content: flipped(content, _KEM))),
    "kem_key_short": Change("upstream", 1, _one(lambda content: content[:-1])),
    "kem_key_long": Change("upstream", 1, _one(lambda content: content + b"\0")),
    "kem_key_malformed": Change("upstream", 1, _one(lambda content: content[:_KEM] + b"\xff" * _KEM_KEY)),
}


class Frames:
    """One direction of one connection: cuts what comes into frames, and answers what goes on.

    change: what to do, or None for nothing in this direction. may: asked when the frame is there, whether this is the
    connection. What does not begin like a frame passes as it is.
    """

    def __init__(self, change: Change | None, may: Callable[[], bool]) -> None:
        self._change, self._may = change, may
        self._waiting = bytearray()
        self._held: list[bytes] = []
        self._number = 0
        self._plain: bool | None = None

    def feed(self, data: bytes) -> bytes:
        """What goes on now."""
        if self._plain is None:
            self._plain = data[:1] != b"\0"
        if self._plain or self._change is None:
            return data
        self._waiting += data
        passed = bytearray()
        while (content := self._next()) is not None:
            passed += self._pass(self._change, content)
        return bytes(passed)

    def _next(self) -> bytes | None:
        if len(self._waiting) < LENGTH_BYTES:
            return None
        end = LENGTH_BYTES + int.from_bytes(self._waiting[:LENGTH_BYTES], "big")
        if len(self._waiting) < end:
            return None
        content = bytes(self._waiting[LENGTH_BYTES:end])
        del self._waiting[:end]
        return content

    def _pass(self, change: Change, content: bytes) -> bytes:
        self._number += 1
        if self._number == change.number and self._may():
            contents = change.edit(content)
            if change.waits:
                self._held = contents
                return b""
            return b"".join(framed(each) for each in contents)
        held, self._held = self._held, []
        return b"".join(framed(each) for each in [content, *held])
