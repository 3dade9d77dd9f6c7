"""What a workload keeps of one scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from syncproof.kernel.agent import Agent, Capabilities
    from syncproof.kernel.world import World


class State:
    """Base of the states of workloads: `World.of` makes one when it is first asked for.

    A workload defines the hooks that it needs; they are called in the order in which the states were made.
    """

    #: A need (see `syncproof.kernel.demands`): where the system meets it, every scenario has this state. "": as asked.
    always_with: ClassVar[str] = ""

    def __init__(self, world: World) -> None:
        self._world = world

    def promised(self, declared: Capabilities) -> Capabilities:
        """What the system promises in this scenario, where that is more than it declares."""
        return declared

    def put_into_group(self, agent: Agent, identities: Sequence[str]) -> bool:  # noqa: ARG002
        """Tell an agent of the scenario's group in a way of its own; whether it did. The first one that does is enough.

        identities: of all members.
        """
        return False

    def on_tick(self) -> None:
        """Look at the world: called once a turn of the scheduler, before anything is decided."""

    def on_restart(self, name: str) -> None:
        """A device's process was started again."""

    def on_rest(self) -> None:
        """Put on record what devices hold now: everything is at rest, or a test that failed is about to be judged."""

    def pictures(self) -> Mapping[str, bytes]:
        """What people see of the test in its log: pictures as PNG, by what each shows."""
        return {}

    def on_end(self) -> None:
        """Put on record what is still unread: the test is at its end, at rest and not failed, and is judged next."""
