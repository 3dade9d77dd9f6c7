"""Sentences about what an application shows, and what must have come of leaving it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncproof.kernel.cast import Device
from syncproof.kernel.outcome import Outcome
from syncproof.kernel.quantities import Duration
from syncproof.workloads.application.records import SyncStatus
from syncproof.workloads.application.status import Status

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class ShowsStatus(Outcome):
    """A device must show its user this state of its syncing.

    ``status``: a `Status`. ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Waits until the device shows it; what it shows already counts, and it need not stay. Every state that the device
    shows must have its emoji and its words: ☁️✓ Synced, ☁️⏳ PendingSync ("Changes saved locally. Will sync when
    connection restored."), ☁️✗ SyncFailed, 📴 Offline. Fails when the deadline passes (``expected Alice to show
    PendingSync``, and what it showed), and for another emoji.

    Example:
    | When Alice sends 5 messages
    | Then Alice's sync status should be Synced within 10 seconds

    Source: plan Z-11.4 (Z-LIFE-03).
    """

    template = "${device}'s sync status should be ${status} within ${duration}"
    check = "status_shown"
    device: Device
    status: Status
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        world.node(self.device.name)
        return {"wanted": self.status.value}

    def ready(self, world: World) -> bool:
        told = world.history.of(SyncStatus, self.device.name)
        return bool(told) and told[-1].status == self.status.value


class IsFreeAgain(Outcome):
    """An application that was left, flushed or closed must have been free again in time, each time.

    ``most``: a `Duration` by the device's own clock. TIME_SCALE does not apply and no slack is added: a user is as
    patient as ever. The harness, which also waits for its own request and for the end of a process, may see 10 seconds
    more, in every run.

    Waits until everything is at rest, see `Rest`. Fails with ``Alice's application was blocked for 4012 ms when it was
    asked to flush, expected at most 500 ms``; as unknown when nobody did any of that.

    Example:
    | And Alice's application flushes within 500 ms
    | Then Alice's application should have been free again within 500 ms

    Source: plan Z-11.4 (Z-LIFE-02, Z-LIFE-04, Z-LIFE-05).
    """

    template = "${device}'s application should have been free again within ${most}"
    check = "free_again"
    device: Device
    most: Duration

    def limits(self, world: World) -> dict[str, Any]:
        del world
        return {"most_ns": round(self.most.seconds * 1e9)}


class KeptTheRest(Outcome):
    """What a flush or a close could not push must have been kept, all of it.

    Waits until everything is at rest, see `Rest`. As many messages must have waited at the device behind the flush as
    it had taken and not had acknowledged. That they arrive in the end is for `${device} should receive all ${count}
    messages within ${duration}` to say.

    Fails with ``expected Alice's application to keep 98 messages that it had not pushed when it was asked to
    flush; it kept 0``; inconclusive when everything could be pushed each time.

    Example:
    | And Alice's application flushes within 500 ms
    | Then Alice should have kept what was not pushed

    Source: plan Z-11.4 (Z-LIFE-02).
    """

    template = "${device} should have kept what was not pushed"
    check = "rest_kept"
    device: Device


class SyncsOnFocus(Outcome):
    """A device must have begun to sync as soon as its application came to the foreground.

    ``most``: a `Duration` between the two by the device's own clock; TIME_SCALE does not apply.

    Waits until everything is at rest, see `Rest`. Fails with ``expected Bob to begin to sync within 100 ms of coming to
    the foreground``; as unknown when it never came there.

    Example:
    | When Bob's application loses focus
    | And Bob's application gains focus
    | Then Bob should have begun to sync within 100 ms of gaining focus

    Source: plan Z-11.4 (Z-LIFE-04).
    """

    template = "${device} should have begun to sync within ${most} of gaining focus"
    check = "syncs_on_focus"
    device: Device
    most: Duration

    def limits(self, world: World) -> dict[str, Any]:
        del world
        return {"most_ns": round(self.most.seconds * 1e9)}
