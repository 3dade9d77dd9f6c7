"""The last invite of a scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.kernel.agent import AgentError
from syncproof.kernel.node import DeviceNode
from syncproof.kernel.state import State
from syncproof.kernel.trouble import InvalidScenario
from syncproof.workloads.pairing.checks import ACCEPTED, ANSWERED, INVITED
from syncproof.workloads.pairing.surface import Invite, Invited, Join

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class Invites(State):
    """until_ns: when it expires, or a little later."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._last: Invited | None = None
        self.until_ns = 0

    def make(self, inviter: DeviceNode, valid_s: float) -> Invited:
        """Let a member make one; it goes on record."""
        invited = self._last = inviter.agent.ask(Invite(self._world.topology.group, valid_s))
        self.until_ns = self._world.scheduler.now() + round(valid_s * 1e9)
        self._world.note(INVITED, device=inviter.name, code=invited.code, qr=invited.qr)
        return invited

    def show(self, node: DeviceNode, invite: str) -> None:
        """Let a device come in by this; what it answers goes on record."""
        answer, message = ACCEPTED, ""
        try:
            node.agent.ask(Join(invite))
        except AgentError as refused:
            answer, message = refused.code, refused.message
        self._world.note(ANSWERED, device=node.name, answer=answer, message=message)

    @property
    def last(self) -> Invited:
        """The last one. Raises InvalidScenario where nobody has made one."""
        if self._last is None:
            raise InvalidScenario(
                "Nobody has made an invite: say 'Carol joins by a short code', or 'Alice makes an invite that is valid "
                "for 10 minutes', first."
            )
        return self._last
