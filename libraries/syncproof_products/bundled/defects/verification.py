"""Bugs of device verification."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from syncproof_defects import breaks
from syncproof_products.bundled.core.exchanges import Exchanges
from syncproof_products.bundled.core.sas import Sas, emoji_of
from syncproof_products.bundled.core.turn import Turn
from syncproof_products.bundled.core.verifying import Verifying


@breaks(Sas, "confirm")
def verifies_without_the_other_person(original: Callable[..., bool], self: Sas) -> bool:
    """A device counts as verified as soon as its own person has confirmed."""
    confirmed = original(self)
    if confirmed and self.state == "confirmed":
        verifies_without_the_other_person.ran()
        self.state = "verified"
    return confirmed


@breaks(Sas, "_agree")
def string_of_its_own_view(original: Callable[..., None], self: Sas, key: str) -> None:
    """The string is derived with the own key first, so that both sides show another one."""
    original(self, key)
    if self.emoji and not self._asks:
        string_of_its_own_view.ran()
        self.emoji = self.emoji[::-1]


@breaks(Sas, "cancel")
def keeps_a_cancellation_to_itself(original: Callable[..., None], self: Sas, reason: str) -> None:
    """Who gives a verification up does not tell the other device."""
    original(self, reason)
    if self.send:
        keeps_a_cancellation_to_itself.ran()
        self.send.clear()


@breaks(Verifying, "pump")
def sends_mail_only_once(original: Callable[..., None], self: Verifying, turn: Turn) -> None:
    """A message of a verification that could not be sent is not tried again."""
    if self._outgoing and not self._exchanges.retries.ready("mail", turn.now):
        sends_mail_only_once.ran()
        self._outgoing.popleft()
    original(self, turn)


@breaks(Verifying, "_take")
def is_silent_about_what_it_forgot(
    original: Callable[..., None], self: Verifying, turn: Turn, sender: str, content: str
) -> None:
    """A message of a verification that a device knew before it was killed is ignored."""
    message = json.loads(content)
    if message["id"] not in self._sides and message["type"] != "start":
        is_silent_about_what_it_forgot.ran()
    else:
        original(self, turn, sender, content)


@breaks(Exchanges, "cancel_all")
def waits_for_a_cancelled_look_into_its_mailbox(
    original: Callable[..., None], self: Exchanges, turn: Turn, reason: str
) -> None:
    """A device that has disconnected takes nothing more out of its mailbox."""
    original(self, turn, reason)
    if not self.online and self._last:
        waits_for_a_cancelled_look_into_its_mailbox.ran()
        self._keys["mailbox"] = 0


@breaks(Sas, "_agree")
def string_without_the_keys(original: Callable[..., None], self: Sas, key: str) -> None:
    """The string is derived from what everybody knows, so that it is the same whatever keys the devices have."""
    original(self, key)
    if self.emoji:
        string_without_the_keys.ran()
        self.emoji = emoji_of(self._primitives.digest(self.number.encode()))


@breaks(Sas, "_agree")
def forgets_the_commitment(original: Callable[..., None], self: Sas, key: str) -> None:
    """Who asks takes any key, also another one than the other device has committed to."""
    if self._asks:
        forgets_the_commitment.ran()
        self._commitment = self._committed(bytes.fromhex(key))
    original(self, key)


@breaks(Sas, "_authenticate")
def takes_any_identity_key(original: Callable[..., None], self: Sas, message: Mapping[str, str]) -> None:
    """The identity key that comes at the end is trusted whoever has sent it."""
    takes_any_identity_key.ran()
    original(self, {**message, "mac": self._mac(self.peer, self.own, message["key"])})


@breaks(Verifying, "announced")
def counts_mail_on_over_a_restart(_original: Callable[..., None], self: Verifying, last: int) -> None:
    """A device waits, of a relay that has started again, for more mail than there was before."""
    if last < self._fetched:
        counts_mail_on_over_a_restart.ran()
    self._announced = last
