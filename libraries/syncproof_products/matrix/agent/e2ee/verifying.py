"""The verifications of a device: asked for, taken part in, decided by people, and told."""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from syncproof_agentkit.client import Observe
from syncproof_products.matrix.agent.e2ee.directory import Directory
from syncproof_products.matrix.agent.e2ee.encryption import DeviceMail, Encryption
from syncproof_products.matrix.agent.e2ee.sas import PREFIX, Party, Sas

#: Verifications that are remembered; the oldest of those that ended goes first.
_REMEMBERED = 50
#: How long people may take, seconds by the device's clock: what the specification says.
_LIMIT_S = 600.0
_ENDED = ("verified", "cancelled")


class UnknownVerification(Exception):
    """There is none of that number."""


class NothingToCompare(Exception):
    """There is nothing to confirm; the message says in which state it is."""


class Verifying:
    """All verifications of one device; they live as long as its process. now, wall: its clock, the time of day (s)."""

    def __init__(
        self, encryption: Encryption, now: Callable[[], float], wall: Callable[[], float], observe: Observe
    ) -> None:
        self._encryption, self._now, self._wall, self._observe = encryption, now, wall, observe
        own = encryption.own
        self._own = Party(own.user, own.device, own.ed25519)
        self.sides: dict[str, Sas] = {}
        self._until: dict[str, float] = {}
        self._told: dict[str, str] = {}
        self._asked: deque[tuple[str, str]] = deque()
        self._inbox: deque[DeviceMail] = deque()

    # -- what people want

    def ask(self, peer: str) -> str:
        """Begin to verify somebody's device; answers the verification's number."""
        number = secrets.token_hex(16)
        # Shown at once; whom it asks is looked up where the network is.
        self._add(Sas(number, self._own, peer, {}, asks=True))
        self._asked.append((number, peer))
        self._encryption.wants("mail")
        return number

    def decide(self, number: str, decision: str) -> None:
        """`match`, `mismatch` or `cancel`. Raises UnknownVerification, NothingToCompare."""
        side = self.sides.get(number)
        if side is None:
            raise UnknownVerification(f"There is no verification {number}.")
        if decision == "match":
            if not side.confirm():
                raise NothingToCompare(f"there is nothing to compare: the verification is {side.state}")
        elif decision == "mismatch":
            side.cancel("m.mismatched_sas", "the emoji differ")
        else:
            side.cancel("m.user", "cancelled by its user")
        self._settle(side)

    # -- what comes and goes

    def take(self, mail: DeviceMail) -> None:
        """Something about a verification has come; `work` looks at it."""
        self._inbox.append(mail)
        self._encryption.wants("mail")

    async def work(self, directory: Directory) -> None:
        """Do what waits for the homeserver to say which devices there are; called again after a failure, it goes on."""
        while self._asked or self._inbox:
            user = self._asked[0][1] if self._asked else self._inbox[0].sender
            await self._encryption.look_up(directory, [user])
            if self._asked:
                self._request(*self._asked.popleft())
            else:
                self._take(self._inbox.popleft())

    def expire(self) -> None:
        """Give up what nobody has decided for too long."""
        for number, until in list(self._until.items()):
            if self._now() >= until:
                self.sides[number].cancel("m.timeout", "timeout")
                self._settle(self.sides[number])

    def _request(self, number: str, peer: str) -> None:
        before = self.sides[number]
        if before.state == "cancelled":
            return  # by its user, before anybody was asked
        side = self.sides[number] = Sas(number, self._own, peer, self._devices(peer), asks=True)
        if self._devices(peer):
            side.request(round(self._wall() * 1000))
        else:
            side.cancel("m.user", f"{peer} has no device that could be asked")
        self._settle(side)

    def _take(self, mail: DeviceMail) -> None:
        number, kind = str(mail.content.get("transaction_id", "")), mail.kind.removeprefix(PREFIX)
        side = self.sides.get(number)
        if side is None and kind == "request" and number and mail.sender != self._own.user:
            side = Sas(number, self._own, mail.sender, self._devices(mail.sender), asks=False)
            self._add(side)
            self._hear(side, "request", mail.content)
        elif side is not None and side.peer == mail.sender:
            open_before = not side.peer_device
            self._hear(side, kind, mail.content)
            if open_before and side.peer_device:
                content = {"transaction_id": number, "code": "m.accepted", "reason": "another device does it"}
                self._post(side.peer, side.others, "cancel", content)
        elif side is None and number and kind not in ("request", "cancel", "done"):
            # It was begun before this process: its keys are gone, and the other device must not wait for ever.
            side = Sas(number, self._own, mail.sender, self._devices(mail.sender), asks=False)
            side.cancel("m.unknown_transaction", "it is unknown here")
            self._add(side)
        else:
            return
        self._settle(side)

    def _hear(self, side: Sas, kind: str, content: dict[str, Any]) -> None:
        """Whatever anybody may have put into a message, it ends one verification at most."""
        try:
            if kind == "request":
                side.accept(content)
            else:
                side.received(kind, content)
        except (TypeError, ValueError, AttributeError, RecursionError) as wrong:
            side.cancel("m.invalid_message", f"a message that nobody can read: {wrong}")

    def _devices(self, user: str) -> dict[str, str]:
        return {peer.device: peer.ed25519 for peer in self._encryption.keys.peers(user)}

    def _add(self, side: Sas) -> None:
        ended = [number for number, each in self.sides.items() if each.state in _ENDED]
        if len(self.sides) >= _REMEMBERED and ended:
            del self.sides[ended[0]], self._told[ended[0]]
        self.sides[side.number] = side
        self._until[side.number] = self._now() + _LIMIT_S
        self._tell(side)

    def _settle(self, side: Sas) -> None:
        """Send what it wants sent, keep what it has proved, and tell of a new state."""
        with self._encryption.keys.together():
            if side.state == "verified":
                self._keep(side)
            for kind, content in side.send:
                # As long as nobody has answered, all devices of the peer are asked.
                devices = [side.peer_device] if side.peer_device else list(self._devices(side.peer))
                self._post(side.peer, devices, kind, content)
        side.send.clear()
        if side.state in _ENDED:
            self._until.pop(side.number, None)
        self._tell(side)

    def _post(self, user: str, devices: Sequence[str], kind: str, content: dict[str, Any]) -> None:
        if devices:
            self._encryption.post(f"{PREFIX}{kind}", {user: dict.fromkeys(devices, content)})

    def _keep(self, side: Sas) -> None:
        for peer in self._encryption.keys.peers(side.peer):
            if peer.device == side.peer_device:
                self._encryption.keys.put_peer(replace(peer, verified=True))

    def _tell(self, side: Sas) -> None:
        if self._told.get(side.number) != side.state:
            self._told[side.number] = side.state
            self._observe("verification", shown(side))


def shown(side: Sas) -> dict[str, object]:
    """A verification as the agent protocol has it."""
    return {
        "id": side.number,
        "peer": side.peer,
        "state": side.state,
        "emoji": list(side.emoji),
        "reason": side.reason,
    }
