"""A partition: packets between two groups of containers vanish, in both ways or in one.

They are dropped where they arrive, by nftables in the receiving container's own network namespace, where a container
with NET_ADMIN stays meanwhile. So the senders notice nothing, connections stand, and nothing of the host is touched.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
from collections.abc import Sequence
from enum import Enum
from typing import Any

from syncproof.faults.containers.container import Container
from syncproof.faults.containers.engine import Engine
from syncproof.faults.containers.errors import ContainerError, WrongState
from syncproof.faults.containers.netadmin import HOW_TO_GET, IMAGE, NetAdmin

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
        self._begun: list[NetAdmin] = []

    def begin(self) -> None:
        """Make it happen; all of it or nothing. Raises WrongState for a container that does not run."""
        try:
            for receiver, senders in self._receivers:
                if receiver.state() not in ("running", "paused"):
                    raise WrongState(
                        f"The container '{receiver.name}' does not run: it cannot be partitioned."
                    )
                addresses = [address for sender in senders for address in _addresses(sender)]
                admin = NetAdmin(self._engine, receiver)
                self._begun.append(admin)
                admin.promise("nft", self._undo)
                _nft(admin, self._rules(addresses))
        except ContainerError:
            with contextlib.suppress(ContainerError):  # the first trouble is the one to tell
                self.end()
            raise

    def dropped(self) -> int:
        """How many packets vanished so far."""
        return sum(_packets(_nft(each, "-j", "list", "table", "inet", self._table)) for each in self._begun)

    def end(self) -> None:
        """Let them pass again."""
        with contextlib.ExitStack() as ending:
            for admin in self._begun:
                ending.callback(admin.end)
                ending.callback(_nft, admin, self._undo)
            self._begun = []

    @property
    def _undo(self) -> str:
        return f"add table inet {self._table}; delete table inet {self._table}"

    def _rules(self, addresses: Sequence[str]) -> str:
        rules = [
            f"add rule inet {self._table} arriving {'ip6' if ':' in address else 'ip'} saddr {address} counter drop"
            for address in addresses
        ]
        # Before connection tracking and before the engine's own chains; a table of our own, which is all we remove.
        chain = f"add chain inet {self._table} arriving {{ type filter hook input priority -300 ; }}"
        return "\n".join([f"add table inet {self._table}", chain, *rules])


def _nft(admin: NetAdmin, *arguments: str) -> str:
    """Run a script of nftables, or list what it has; what it answers."""
    output = admin.run(["nft", *arguments])
    if output.status:
        raise ContainerError(f"nftables refused: {admin.words(output).strip()[-300:]}")
    return output.stdout


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
