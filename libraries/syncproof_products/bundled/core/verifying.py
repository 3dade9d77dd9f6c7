"""The verifications of a device: their messages through the relay's mailboxes, in order, again until they are there."""

from __future__ import annotations

import json
from collections import deque
from functools import partial

from syncproof_products.bundled.core.actions import Accepted, Rejected
from syncproof_products.bundled.core.events import VerificationDecided, VerificationWanted
from syncproof_products.bundled.core.exchanges import Exchanges, Flight
from syncproof_products.bundled.core.sas import Message, Primitives, Sas
from syncproof_products.bundled.core.settings import Settings
from syncproof_products.bundled.core.turn import Turn
from syncproof_products.bundled.core.wire import Answer, FetchMail, MailBatch, MailSent, Refused, SendMail

_SEND, _FETCH = "mail", "mailbox"
#: Verifications that are remembered, the oldest of those that ended goes first.
_REMEMBERED = 50


class Verifying:
    """Asks, answers, and tells what became of it. Nothing of it outlives the process."""

    def __init__(
        self, device: str, settings: Settings, exchanges: Exchanges, primitives: Primitives | None
    ) -> None:
        self._device = device
        self._settings = settings
        self._exchanges = exchanges
        self._primitives = primitives
        self._sides: dict[str, Sas] = {}
        self._until: dict[str, float] = {}
        self._told: dict[str, str] = {}
        self._outgoing: deque[tuple[str, str, Message]] = deque()
        self._announced = 0
        self._fetched = 0

    @property
    def sides(self) -> tuple[Sas, ...]:
        """All that are remembered, the oldest first."""
        return tuple(self._sides.values())

    def ask(self, turn: Turn, event: VerificationWanted) -> None:
        """A person wants to verify another device."""
        if self._primitives is None:
            turn.do(Rejected(event.ticket, "unsupported", "this device has no cryptography"))
            return
        number = f"{self._device}/{self._primitives.private()[:8].hex()}"
        side = Sas(self._device, event.peer, number, self._primitives, asks=True)
        self._add(turn, side)
        turn.do(Accepted(event.ticket, number))

    def decide(self, turn: Turn, event: VerificationDecided) -> None:
        """A person has compared, or does not want to."""
        side = self._sides.get(event.number)
        if side is None:
            turn.do(Rejected(event.ticket, "unknown", f"there is no verification {event.number}"))
            return
        if event.decision == "match":
            if not side.confirm():
                text = f"there is nothing to compare: the verification is {side.state}"
                turn.do(Rejected(event.ticket, "invalid", text))
                return
        else:
            side.cancel("the emoji differ" if event.decision == "mismatch" else "cancelled by its user")
        turn.do(Accepted(event.ticket, event.number))
        self._settle(turn, side)

    def announced(self, last: int) -> None:
        """The relay says how far the mailbox goes; less than before means that it has started anew."""
        if last < self._fetched:
            self._fetched = 0
        self._announced = last

    def pump(self, turn: Turn) -> None:
        """Fetch what waits, send what is to be sent: one of each at a time, so that order is kept."""
        for number, until in list(self._until.items()):
            if turn.now >= until:
                self._sides[number].cancel("timeout")
                self._settle(turn, self._sides[number])
        if not self._exchanges.online or self._primitives is None:
            return
        if self._announced > self._fetched and self._exchanges.may(turn.now, _FETCH):
            flight = Flight("mailbox", _FETCH, self._got, _nothing)
            self._exchanges.call(turn, flight, FetchMail(self._fetched))
        if self._outgoing and self._exchanges.may(turn.now, _SEND):
            to, message_id, message = self._outgoing[0]
            flight = Flight("mail", _SEND, partial(self._sent, message_id), _nothing)
            self._exchanges.call(turn, flight, SendMail(to, message_id, json.dumps(message)))

    def _sent(self, message_id: str, turn: Turn, answer: Answer | None) -> None:
        if not self._outgoing or self._outgoing[0][1] != message_id:
            return
        if isinstance(answer, MailSent):
            self._outgoing.popleft()
            return
        _, _, message = self._outgoing.popleft()
        side = self._sides.get(message["id"])
        if side is not None:
            reason = answer.message if isinstance(answer, Refused) else "malformed answer"
            side.cancel(f"the relay does not take it: {reason}")
            side.send.clear()
            self._settle(turn, side)

    def _got(self, turn: Turn, answer: Answer | None) -> None:
        if not isinstance(answer, MailBatch):
            reason = answer.code if isinstance(answer, Refused) else "malformed"
            self._exchanges.schedule(turn, "mailbox", _FETCH, reason, by_link=False)
            return
        for mail in answer.items:
            if mail.number > self._fetched:
                self._fetched = mail.number
                self._take(turn, mail.sender, mail.content)
        self._fetched = max(self._fetched, answer.last)

    def _take(self, turn: Turn, sender: str, content: str) -> None:
        message = _read(content)
        if message is None or self._primitives is None:
            return
        number = message["id"]
        side = self._sides.get(number)
        if side is None:
            if message["type"] == "cancel":
                return
            side = Sas(self._device, sender, number, self._primitives, asks=False)
            if message["type"] != "start":
                # It was begun before this process: its keys are gone, and the other device must not wait for ever.
                side.cancel("it is unknown here")
            self._add(turn, side)
        if side.peer == sender:
            side.received(message)
            self._settle(turn, side)

    def _add(self, turn: Turn, side: Sas) -> None:
        ended = [number for number in self._sides if number not in self._until]
        if len(self._sides) >= _REMEMBERED and ended:
            del self._sides[ended[0]]
        self._sides[side.number] = side
        self._until[side.number] = turn.now + self._settings.verification_s
        self._settle(turn, side)

    def _settle(self, turn: Turn, side: Sas) -> None:
        """Queue what it wants sent, and tell of a new state."""
        for message in side.send:
            # Each kind is said once, also by a process that was started again in between.
            self._outgoing.append((side.peer, f"{side.number}/{self._device}/{message['type']}", message))
        side.send.clear()
        if side.state in ("verified", "cancelled"):
            self._until.pop(side.number, None)
        if self._told.get(side.number) != side.state:
            self._told[side.number] = side.state
            turn.observe(
                "verification",
                id=side.number,
                peer=side.peer,
                state=side.state,
                emoji=list(side.emoji),
                reason=side.reason,
            )


def _read(content: str) -> Message | None:
    """A message that another device sent; None for what is none."""
    try:
        message = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(message, dict) or not all(isinstance(value, str) for value in message.values()):
        return None
    return message if {"type", "id"} <= message.keys() else None


def _nothing(turn: Turn, reason: str | None) -> None:
    """It ended without an answer: it is tried again."""
    del turn, reason
