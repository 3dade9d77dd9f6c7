"""Messages from device to device, kept in memory until they are fetched: what they are for is short-lived."""

from __future__ import annotations

from collections import deque

from syncproof_products.bundled.core.wire import Mail

#: Messages that wait in one mailbox; the oldest goes when there is one more.
LIMIT = 200


class Mailbox:
    """Numbered from 1. A relay that starts again begins anew, which `after` beyond the last number tells."""

    def __init__(self) -> None:
        self._waiting: deque[Mail] = deque(maxlen=LIMIT)
        self._numbers: dict[tuple[str, str], int] = {}
        self.last = 0

    def put(self, sender: str, message_id: str, content: str) -> int:
        """Its number; the one that it has where it came before."""
        key = (sender, message_id)
        known = self._numbers.get(key)
        if known is not None:
            return known
        self.last += 1
        self._numbers[key] = self.last
        if len(self._numbers) > 2 * LIMIT:
            del self._numbers[next(iter(self._numbers))]
        self._waiting.append(Mail(self.last, sender, content))
        return self.last

    def after(self, number: int) -> tuple[Mail, ...]:
        """What waits behind a number; what does not is forgotten."""
        if number <= self.last:
            while self._waiting and self._waiting[0].number <= number:
                self._waiting.popleft()
        return tuple(self._waiting)


class Mailboxes:
    """By device."""

    def __init__(self) -> None:
        self._boxes: dict[str, Mailbox] = {}

    def of(self, device: str) -> Mailbox:
        """The device's mailbox."""
        return self._boxes.setdefault(device, Mailbox())

    def last(self, device: str) -> int:
        """Number of the last message that came for a device; 0 for none."""
        box = self._boxes.get(device)
        return box.last if box else 0
