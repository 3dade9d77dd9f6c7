"""What the workload asks of an agent, beyond what every agent answers."""

from __future__ import annotations

import msgspec

from syncproof.kernel.agent import Request


class Encrypted(msgspec.Struct, frozen=True):
    """derivation: how a device derives the key of a group from its passphrase. took_ms: of a processor, for that."""

    derivation: str
    took_ms: float | None = None


class PutIntoGroup(Request[Encrypted], frozen=True, omit_defaults=True):
    """Make it a member of a group that is encrypted from end to end.

    derivation: as another member answered; "": this one makes the group, and answers what it has chosen.
    """

    method = "PUT"
    route = "/groups/{group}"
    group: str
    members: tuple[str, ...]
    passphrase: str
    derivation: str = ""
