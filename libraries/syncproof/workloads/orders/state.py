"""The orders of one scenario: what each says, and which tabs show them."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import msgspec

from syncproof.kernel.agent import AgentError, AgentUnreachable, Operation
from syncproof.kernel.operations import PATIENCE_S
from syncproof.kernel.state import State
from syncproof.kernel.trouble import InvalidScenario
from syncproof.workloads.orders.records import OrderChange, PageRow, PageShows, PageTabs
from syncproof.workloads.orders.surface import ChangeOrder, OpenTabs, TakePicture

if TYPE_CHECKING:
    from syncproof.kernel.world import World

_encode = msgspec.json.Encoder(order="sorted").encode


class Orders(State):
    """An order is called what it says."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        #: What an order says -> the operation that has added it; "" for one that was changed.
        self._orders: dict[str, str] = {}
        self._made = 0
        self._tabs: dict[str, int] = {}
        self._pictures: dict[str, bytes] = {}

    def add(self, name: str, order: str) -> None:
        """Enqueue a new order. Raises InvalidScenario for one that there is."""
        if order in self._orders:
            raise InvalidScenario(
                f'There is an order "{order}" in this scenario already: give the new one another name.'
            )

        def send(number: int, op_id: str) -> None:
            body = _encode({"from": self._world.node(name).identity, "op_id": op_id, "text": order}).decode()
            operation = Operation(op_id=op_id, group=self._world.topology.group, kind="append", body=body)
            self._world.operations.submit(name, number, operation)

        self._orders[order] = self._world.operations.enqueue(
            name, send, lambda _: f'{name} adds order "{order}"'
        )

    def add_many(self, name: str, count: int) -> None:
        """Enqueue so many new orders."""
        if count < 1:
            raise InvalidScenario(f"{name} cannot add {count} orders: at least 1.")
        for _ in range(count):
            self._made += 1
            self.add(name, f"order {self._made}")

    def known(self, order: str) -> str:
        """The order. Raises InvalidScenario for one that there never was."""
        if order not in self._orders:
            there = ", ".join(f'"{each}"' for each in self._orders) or "none yet"
            raise InvalidScenario(f'There is no order "{order}" in this scenario (there are: {there}).')
        return order

    def change(self, name: str, order: str, text: str) -> None:
        """Let a user change an order that the page shows. Raises InvalidScenario where not everybody has seen it."""
        self._hand_over(name, order, text)
        self._orders[text] = ""
        self._world.node(name).agent.ask(ChangeOrder(order, "change", text))

    def remove(self, name: str, order: str) -> None:
        """Let a user remove an order that the page shows. Raises InvalidScenario where not everybody has seen it."""
        self._hand_over(name, order, "")
        self._world.node(name).agent.ask(ChangeOrder(order, "remove"))

    def _hand_over(self, name: str, order: str, text: str) -> None:
        world, op_id = self._world, self._orders[self.known(order)]
        world.operations.flush()
        unseen = [each for each in world.topology.nodes if op_id not in world.history.delivered(each)]
        if op_id and unseen:
            raise InvalidScenario(
                f'{" and ".join(unseen)} has not been shown order "{order}" yet, and would never be: let a sentence '
                "before this one wait for it."
            )
        world.record(OrderChange(t_ns=world.scheduler.now(), device=name, order=order, text=text))

    def open_tabs(self, name: str, count: int) -> None:
        """Open so many tabs more, and wait until all of them show the list."""
        world = self._world
        tabs = self._tabs[name] = self._tabs.get(name, 1) + count
        world.operations.flush()
        world.node(name).agent.ask(OpenTabs(count))
        world.run_until(
            f"{name}'s page to be open in {tabs} tabs", lambda: len(self.shown(name)) == tabs, PATIENCE_S
        )
        world.record(PageTabs(t_ns=world.scheduler.now(), device=name, count=tabs))

    def shown(self, name: str) -> dict[int, tuple[PageRow, ...]]:
        """What each tab of a browser shows now."""
        return {line.tab: line.rows for line in self._world.history.of(PageShows, name)}

    def says(self, name: str, order: str) -> bool:
        """Whether every tab of a browser shows an order now."""
        self.known(order)
        shown = self.shown(name)
        return bool(shown) and all(any(row.text == order for row in rows) for rows in shown.values())

    def on_rest(self) -> None:
        """Take a picture of every page that there is."""
        for node in self._world.topology.nodes.values():
            try:
                picture = node.agent.ask(TakePicture()).png
            except (AgentError, AgentUnreachable):
                continue  # the picture is for people; who does not answer is told by others
            self._pictures[node.name] = base64.b64decode(picture)

    def pictures(self) -> dict[str, bytes]:
        """The newest of each page, as PNG."""
        return {f"{name}'s page": picture for name, picture in self._pictures.items()}
