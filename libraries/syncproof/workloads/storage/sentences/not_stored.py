"""What must have come of attachments that a server could not store."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from syncproof.evidence.records import Blob
from syncproof.kernel.cast import Device, Possessive
from syncproof.kernel.outcome import Outcome
from syncproof.kernel.quantities import Duration
from syncproof.kernel.server import QuotaServer
from syncproof.kernel.trouble import InvalidScenario

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class _SaysWhy(Outcome):
    """Waits until a device has told of two uploads that broke off, for each attachment that it sent.

    Who tries again does not count it as sent: what would be pushed without it is pushed by then.
    """

    def ready(self, world: World) -> bool:
        name = self.actors[0]
        sent = {
            digest for invoke in world.history.invokes() if invoke.author == name for digest in invoke.blobs
        }
        lines = world.history.of(Blob, name)
        told = Counter(line.digest for line in lines if line.state == "interrupted")
        return bool(sent) and all(told[digest] > 1 for digest in sent)


class SaysThatItWasNotStored(_SaysWhy):
    """A device must say that the server could not store its attachment, and the message must not count as sent.

    ``possessive``: see `Possessive`. ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Waits until the device has told of two uploads that broke off, for each attachment that it sent while the server's
    storage failed. Fails when the deadline passes (``it said nothing of Alice #1``), where it does not say that storing
    it failed, and where a message was acknowledged whose attachment was not there (``Alice #1 counts as sent``).

    Example:
    | When the relay's storage fails behind 4 MB of a file
    | And Alice sends a message with an attachment of 8 MB
    | Then Alice should have said that the relay could not store her attachment within 10 seconds

    Source: plan C-STOR-01.
    """

    template = "${device} should have said that the relay could not store ${possessive} attachment within ${duration}"
    check = "not_stored"
    needs = ("blobs",)
    device: Device
    possessive: Possessive
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        world.operations.flush()
        return {"says": ("could not store",)}


class SaysThatQuotaIsUsedUp(_SaysWhy):
    """A device must say that the server's quota is used up, with the figures, and the message must not count as sent.

    ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Waits like `${device} should have said that the relay could not store ${possessive} attachment within ${duration}`,
    and fails like it. What the device says must name the quota, how large it is and how much of it is used: who reads
    it has to know what to do.

    Example:
    | When the relay's quota is used up
    | And Alice sends a message with an attachment of 200 KB
    | Then Alice should have said that the relay's quota is used up within 10 seconds

    Source: plan C-STOR-03.
    """

    template = "${device} should have said that the relay's quota is used up within ${duration}"
    check = "not_stored"
    needs = ("blobs", "quota")
    device: Device
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        world.operations.flush()
        server = world.test_bed.server
        if not isinstance(server, QuotaServer):
            raise InvalidScenario("This system's server has no quota.")
        quota = server.quota()
        return {"says": ("quota", f"{quota.used} of {quota.limit} bytes")}
