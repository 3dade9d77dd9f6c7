"""What must not have been said of attachments while a server could not reach them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.evidence.records import Blob
from syncproof.kernel.outcome import SOON, Outcome

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class NobodyCallsMissing(Outcome):
    """No device may have called an attachment missing while the server could not reach what it stores them in.

    Waits at most 5 seconds until a device has told what came of its question for an attachment. Fails with ``Bob calls
    1 attachment missing while the server's storage is away``; as unknown where nobody told of a download that broke off
    meanwhile.

    Example:
    | And the relay's storage is away
    | And Bob comes online
    | Then nobody should have called an attachment missing
    | When the relay's storage works again after 5 seconds
    | Then Bob should have all attachments within 30 seconds

    Source: plan C-STOR-04.
    """

    template = "nobody should have called an attachment missing"
    check = "not_called_missing"
    needs = ("blobs",)
    wait = SOON

    def ready(self, world: World) -> bool:
        sent = {(invoke.author, digest) for invoke in world.history.invokes() for digest in invoke.blobs}
        told = world.history.of(Blob)
        answered = {(line.device, line.digest) for line in told if line.state in ("interrupted", "missing")}
        return bool(answered - sent)
