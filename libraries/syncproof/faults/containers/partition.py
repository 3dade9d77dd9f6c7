"""A partition: packets between two groups of containers vanish, in both ways or in one.

They are dropped where they arrive, by nftables in the receiving container's own network namespace, where a container
with NET_ADMIN goes for a moment. So the senders notice nothing, connections stand, and nothing of the host is touched.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
from collections.abc import Sequence
from enum import Enum
from typing import Any

from syncproof.faults.containers import ownership
from syncproof.faults.containers.container import Container
from syncproof.faults.containers.engine import Engine
from syncproof.faults.containers.errors import ContainerError, WrongState

IMAGE = "syncproof/netadmin:local"
HOW_TO_GET = "Build it: docker compose -f compose/compose.yaml build netadmin"

_COUNT = itertools.count(1)


class Ways(Enum):
    """Which packets vanish."""

    BOTH_WAYS = "both ways"
    ONE_WAY = "one way"


class Partition:
    """Between two groups. ways ONE_WAY: what the first sends to the second vanishes; the other way still passes."""

    def __init__(
        self,
        engine: Engine,
        first: Sequence[Container],
        second: Sequence[Container],
        ways: Ways = Ways.BOTH_WAYS,
    ) -> None:
        both = {each.id for each in first} & {each.id for each in second}
        if not first or not second or both:
            raise ContainerError(
                "A partition is between two groups that share no container, and both have one."
            )
        engine.require_image(IMAGE, HOW_TO_GET)
        self._engine = engine
        self._table = f"syncproof_partition_{os.getpid()}_{next(_COUNT)}"
        self._receivers = [(each, first) for each in second]
        if ways is Ways.BOTH_WAYS:
            self._receivers += [(each, second) for each in first]
        self._begun: list[Container] = []

    def begin(self) -> None:
        """Make it happen; all of it or nothing. Raises WrongState for a container that does not run."""
        try:
            for receiver, senders in self._receivers:
                addresses = [address for sender in senders for address in _addresses(sender)]
                self._begun.append(receiver)
                self._nft(receiver, self._rules(addresses))
        except ContainerError:
            with contextlib.suppress(ContainerError):  # the first trouble is the one to tell
                self.end()
            raise

    def dropped(self) -> int:
        """How many packets vanished so far."""
        return sum(_packets(self._nft(each, None)) for each in self._begun)

    def end(self) -> None:
        """Let them pass again. A container that ended meanwhile took the rules with it."""
        while self._begun:
            container = self._begun.pop()
            if container.exists() and container.state() in ("running", "paused"):
                self._nft(container, f"add table inet {self._table}\ndelete table inet {self._table}")

    def _rules(self, addresses: Sequence[str]) -> str:
        rules = [
            f"add rule inet {self._table} arriving {'ip6' if ':' in address else 'ip'} saddr {address} counter drop"
            for address in addresses
        ]
        # Before connection tracking and before the engine's own chains; a table of our own, which is all we remove.
        chain = f"add chain inet {self._table} arriving {{ type filter hook input priority -300 ; }}"
        return "\n".join([f"add table inet {self._table}", chain, *rules])

    def _nft(self, container: Container, script: str | None) -> str:
        """Run a script of nftables in its network namespace, or list our table there."""
        if container.state() not in ("running", "paused"):
            raise WrongState(f"The container '{container.name}' does not run: it cannot be partitioned.")
        command = ["nft", script] if script else ["nft", "-j", "list", "table", "inet", self._table]
        return self._engine.run_once(
            IMAGE,
            command,
            network_mode=f"container:{container.id}",
            cap_drop=["ALL"],
            cap_add=["NET_ADMIN"],
            labels=ownership.labels(),
        )


def _addresses(container: Container) -> list[str]:
    networks = container.inspect()["NetworkSettings"]["Networks"].values()
    found = [each[kind] for each in networks for kind in ("IPAddress", "GlobalIPv6Address") if each[kind]]
    if not found:
        raise WrongState(f"The container '{container.name}' is on no network: there is nothing to partition.")
    return found


def _packets(listing: str) -> int:
    items: list[dict[str, Any]] = json.loads(listing)["nftables"]
    return sum(
        expression["counter"]["packets"]
        for item in items
        if "rule" in item
        for expression in item["rule"]["expr"]
        if "counter" in expression
    )
