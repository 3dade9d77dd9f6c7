"""What devices say of those who are not who they should be."""

from __future__ import annotations

from syncproof.evidence.records import Event


class KeyRetired(Event, frozen=True, kw_only=True, tag="key_retired"):
    """A device does not believe the earlier key of another one any more. peer: as the system calls it."""

    peer: str


class PeerRefused(Event, frozen=True, kw_only=True, tag="peer_refused"):
    """A device has turned somebody away who does not have the key that it was told, or asks for what is not shared.

    peer: as whom that one passes, as the system calls it; "" where it did not get as far as to say so. reason: for
    people.
    """

    peer: str
    reason: str
