"""Frames on a stream of bytes: four bytes of length, big-endian, then so many bytes."""

from __future__ import annotations

from syncproof_synckit.encryption.errors import FrameError

LENGTH_BYTES = 4
#: The longest message of a session (Noise, section 3).
MAX_FRAME_BYTES = 65_535


def frame(content: bytes) -> bytes:
    """One frame. Raises FrameError for content that is empty or too long."""
    _check(len(content), MAX_FRAME_BYTES)
    return len(content).to_bytes(LENGTH_BYTES, "big") + content


class FrameReader:
    """Takes bytes as they come, gives whole frames.

    limit: the longest frame that is awaited now, in bytes; may be changed between two frames. A longer one is
    refused when its length has come, before room is made for it.
    """

    def __init__(self, limit: int = MAX_FRAME_BYTES) -> None:
        self.limit = limit
        self._waiting = bytearray()

    @property
    def in_mid_frame(self) -> bool:
        """Whether a frame has begun and not ended."""
        return bool(self._waiting)

    def feed(self, data: bytes) -> None:
        """Bytes that came."""
        self._waiting += data

    def next(self) -> bytes | None:
        """The next whole frame, or None. Raises FrameError for a length that no frame has."""
        if len(self._waiting) < LENGTH_BYTES:
            return None
        size = int.from_bytes(self._waiting[:LENGTH_BYTES], "big")
        _check(size, self.limit)
        end = LENGTH_BYTES + size
        if len(self._waiting) < end:
            return None
        content = bytes(self._waiting[LENGTH_BYTES:end])
        del self._waiting[:end]
        return content


def _check(size: int, limit: int) -> None:
    if not 0 < size <= limit:
        raise FrameError(f"a frame of {size} bytes; frames have 1 to {limit} bytes here")
