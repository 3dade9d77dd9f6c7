"""What the workload asks of an agent, beyond what every agent answers."""

from __future__ import annotations

import msgspec

from syncproof.kernel.agent import Request


class Invited(msgspec.Struct, frozen=True):
    """code: XXXX-XXXX-XXXX-XXXX. qr: the text of a QR code, `name:version:data`."""

    code: str
    qr: str


class Invite(Request[Invited], frozen=True):
    """Make an invite to a group. valid_s: for how long, s."""

    method = "POST"
    route = "/invites"
    group: str
    valid_s: float


class Joined(msgspec.Struct, frozen=True):
    """Which group it was."""

    group: str


class Join(Request[Joined], frozen=True):
    """Come into the group of an invite."""

    method = "POST"
    route = "/invites/join"
    invite: str
