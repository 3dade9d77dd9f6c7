"""The fault of a storage that is full: the server's quota for attachments is used up."""

from __future__ import annotations

from syncproof.kernel.fault import Fault
from syncproof.kernel.server import QuotaServer, StoringServer

_PROBE_BYTES = 1000


class UsesUpQuota(Fault):
    """Attachments may take no more room than they do. It ends when the quota is what it was.

    quota: what the operator can see and change. storing: asked for an attachment of the harness's own, by which it sees
    for itself that the fault bit and that it healed.
    """

    kind = "storage_full"
    called = "quota that is used up"
    engine = "operator"

    def __init__(self, server: str, quota: QuotaServer, storing: StoringServer) -> None:
        super().__init__((server,), ())
        self._quota, self._storing = quota, storing
        self._before = 0

    def begin(self) -> None:
        now = self._quota.quota()
        self._before, self.requested = now.limit, f"at {now.used} bytes"
        self._quota.set_quota(now.used)

    def proof(self) -> str | None:
        refused = self._storing.storage_refusal(_PROBE_BYTES)
        return None if refused is None else f"{_PROBE_BYTES} bytes were refused: {refused}"

    def end(self) -> None:
        self._quota.set_quota(self._before)

    def healed(self) -> str | None:
        taken = self._storing.storage_refusal(_PROBE_BYTES) is None
        return f"{_PROBE_BYTES} bytes were taken" if taken else None
