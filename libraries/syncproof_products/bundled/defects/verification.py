"""Bugs of device verification."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from syncproof_defects import Ran, defect, replace
from syncproof_products.bundled.core.sas import Sas, emoji_of
from syncproof_products.bundled.core.turn import Turn
from syncproof_products.bundled.core.verifying import Verifying


@defect
def verifies_without_the_other_person(ran: Ran) -> None:
    """A device counts as verified as soon as its own person has confirmed."""

    def broken(original: Callable[[Sas], bool]) -> Callable[[Sas], bool]:
        def confirm(self: Sas) -> bool:
            confirmed = original(self)
            if confirmed and self.state == "confirmed":
                ran()
                self.state = "verified"
            return confirmed

        return confirm

    replace(Sas, "confirm", broken)


@defect
def string_of_its_own_view(ran: Ran) -> None:
    """The string is derived with the own key first, so that both sides show another one."""

    def broken(original: Callable[[Sas, str], None]) -> Callable[[Sas, str], None]:
        def agree(self: Sas, key: str) -> None:
            original(self, key)
            if self.emoji and not self._asks:
                ran()
                self.emoji = self.emoji[::-1]

        return agree

    replace(Sas, "_agree", broken)


@defect
def keeps_a_cancellation_to_itself(ran: Ran) -> None:
    """Who gives a verification up does not tell the other device."""

    def broken(original: Callable[[Sas, str], None]) -> Callable[[Sas, str], None]:
        def cancel(self: Sas, reason: str) -> None:
            original(self, reason)
            if self.send:
                ran()
                self.send.clear()

        return cancel

    replace(Sas, "cancel", broken)


@defect
def sends_mail_only_once(ran: Ran) -> None:
    """A message of a verification that could not be sent is not tried again."""

    def broken(original: Callable[[Verifying, Turn], None]) -> Callable[[Verifying, Turn], None]:
        def pump(self: Verifying, turn: Turn) -> None:
            if self._outgoing and not self._exchanges.retries.ready("mail", turn.now):
                ran()
                self._outgoing.popleft()
            original(self, turn)

        return pump

    replace(Verifying, "pump", broken)


@defect
def string_without_the_keys(ran: Ran) -> None:
    """The string is derived from what everybody knows, so that it is the same whatever keys the devices have."""

    def broken(original: Callable[[Sas, str], None]) -> Callable[[Sas, str], None]:
        def agree(self: Sas, key: str) -> None:
            original(self, key)
            if self.emoji:
                ran()
                self.emoji = emoji_of(self._primitives.digest(self.number.encode()))

        return agree

    replace(Sas, "_agree", broken)


@defect
def forgets_the_commitment(ran: Ran) -> None:
    """Who asks takes any key, also another one than the other device has committed to."""

    def broken(original: Callable[[Sas, str], None]) -> Callable[[Sas, str], None]:
        def agree(self: Sas, key: str) -> None:
            if self._asks:
                ran()
                self._commitment = self._committed(bytes.fromhex(key))
            original(self, key)

        return agree

    replace(Sas, "_agree", broken)


@defect
def takes_any_identity_key(ran: Ran) -> None:
    """The identity key that comes at the end is trusted whoever has sent it."""

    def broken(
        original: Callable[[Sas, Mapping[str, str]], None],
    ) -> Callable[[Sas, Mapping[str, str]], None]:
        def authenticate(self: Sas, message: Mapping[str, str]) -> None:
            ran()
            original(self, {**message, "mac": self._mac(self.peer, self.own, message["key"])})

        return authenticate

    replace(Sas, "_authenticate", broken)
