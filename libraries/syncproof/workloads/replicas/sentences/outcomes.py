"""Sentences about what a device holds once all has come to rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.kernel.cast import Device, Possessive
from syncproof.kernel.outcome import Outcome

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class CursorIsConsistent(Outcome):
    """A device's cursor must never have gone back, and must never have passed what the device has not got.

    By the server's own log: what the device delivered, before and after a restart, must be that log, entry by entry and
    without a gap up to the last one that the device has. An event that nobody can read may be left out.

    Waits until everything is at rest, see `Rest`. Fails with ``Bob's cursor passed 2 events that it has not got: Alice
    #21, #22``; as unknown when the device has nothing.

    Example:
    | When Alice sends 50 messages
    | And Bob's network is cut after he has received 20 messages
    | And Bob's network is restored after 5 seconds
    | Then Bob should receive all 50 messages within 30 seconds
    | And Bob's cursor should be consistent

    Source: plan Z-7.3.1 (S-SM-01 to S-SM-04).
    """

    template = "${device}'s cursor should be consistent"
    check = "cursor"
    needs = ("order:total", "server_log")
    device: Device


class VersionVectorsAreEqual(Outcome):
    """All devices must have one and the same version vector.

    It says of each author how many of his messages a device holds, none before them missing. Of entries, the merged
    vector clocks of all versions, as the devices tell them, must be equal too.

    Waits until everything is at rest, see `Rest`. Fails with ``expected equal version vectors; Alice has {Alice: 20,
    Bob: 20}, Bob has {Alice: 19, Bob: 20}``; as unknown when nothing was delivered.

    Example:
    | When the networks of Alice and Bob are cut
    | And Alice and Bob send 20 messages each
    | And the networks of Alice and Bob are restored after 10 seconds
    | Then Alice and Bob should each have all 40 messages within 30 seconds
    | And all devices should have equal version vectors

    Source: plan Z-5.3.1, Z-7.3.1 (S-CONV-01 to S-CONV-04).
    """

    template = "all devices should have equal version vectors"
    check = "version_vectors"


class HasEverythingByHash(Outcome):
    """Everything that others sent must be on a device, found there by the hash of what was sent.

    The hash of a message is taken of what the device delivered, that of an attachment of the bytes that the device
    hands out: the harness computes both.

    Waits until everything is at rest, see `Rest`. Fails with ``Bob has nothing with the hash of 1 message`` and which;
    as unknown when nobody sent anything.

    Example:
    | When Alice sends 20 messages
    | Then Bob should receive all 20 messages within 10 seconds
    | And Bob should have everything by its hash

    Source: plan Z-5.3.1 (Z-INV-01).
    """

    template = "${device} should have everything by its hash"
    check = "present_by_hash"
    device: Device


class PulledOnlyNews(Outcome):
    """A device that came back must have asked the server for what was behind its cursor, and for nothing before it.

    ``possessive``: see `Possessive`. By the server's request log: the first page must have been asked for from the last
    message on that the device had before it came back, each further one from there on or later.

    Waits until everything is at rest, see `Rest`. Fails with ``Bob had everything up to position 20 when it came back,
    and asked for what is behind position 0``; as unknown when the device has not been away, or had nothing before.

    Example:
    | And Bob goes offline
    | And Alice sends 40 messages
    | When Bob comes online
    | Then Bob should receive everything within 30 seconds
    | And Bob should have pulled only what came after his cursor

    Source: plan Z-7.3.1 (S-CONV-04).
    """

    template = "${device} should have pulled only what came after ${possessive} cursor"
    check = "selective_pull"
    needs = ("order:total", "request_log")
    device: Device
    possessive: Possessive

    def look(self, world: World) -> None:
        world.relay_log.read()


class AskedForGaps(Outcome):
    """A device that stayed connected must have asked for every gap in what it heard, from where the gap begins.

    By the server's request log. A server may leave live events out for a device that reads too slowly: no connection
    breaks then, and only the numbers show it.

    Waits until everything is at rest, see `Rest`. Fails with ``Bob has a gap of 3 events that it never closed: Alice
    #7, #8, #9``; as unknown when Bob heard everything live.

    Example:
    | When Bob's bandwidth is limited to 50 KB/s
    | And Alice sends 20 messages of 900 KB
    | And Bob's bandwidth is back after 60 seconds
    | Then Bob should receive all 20 messages within 60 seconds
    | And Bob should have asked for every gap

    Source: plan Z-5.3 (Z-CORE-03).
    """

    template = "${device} should have asked for every gap"
    check = "gaps_asked"
    needs = ("order:total", "request_log", "server_log")
    device: Device

    def look(self, world: World) -> None:
        world.relay_log.read()
