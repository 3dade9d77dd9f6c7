"""Bugs of how a Matrix device verifies another one."""

from __future__ import annotations

from collections.abc import Callable

from syncproof_defects import Ran, defect, replace
from syncproof_products.matrix.agent.e2ee.sas import Sas


@defect
def verified_by_one_person(ran: Ran) -> None:
    """A device counts as verified as soon as one of the two people has said so."""

    def broken(original: Callable[[Sas], None]) -> Callable[[Sas], None]:
        def finish(self: Sas) -> None:
            if self.state == "confirmed" and not self._peer_proved:
                ran()
                self._peer_proved = True
            original(self)

        return finish

    replace(Sas, "_finish", broken)


@defect
def names_itself_first(ran: Ran) -> None:
    """The emoji are derived with one's own side first on both devices, instead of the side that has asked."""

    def broken(original: Callable[[Sas, str], str]) -> Callable[[Sas, str], str]:
        def sas_info(self: Sas, key: str) -> str:
            asks, self.asks = self.asks, True
            try:
                if not asks:
                    ran()
                return original(self, key)
            finally:
                self.asks = asks

        return sas_info

    replace(Sas, "_sas_info", broken)
