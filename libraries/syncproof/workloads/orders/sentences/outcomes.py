"""Sentences about what pages must show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncproof.kernel.cast import Device, Devices
from syncproof.kernel.outcome import Outcome
from syncproof.kernel.quantities import Duration
from syncproof.kernel.text import Text
from syncproof.workloads.orders.records import OrderRefused
from syncproof.workloads.orders.state import Orders

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class ShowsOrder(Outcome):
    """Every tab of a user's browser must show an order by the deadline, saved or not.

    ``order``: a `Text`, one that a user has added. ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Waits. Fails when the deadline passes (``expected every tab of Bob to show order "tea"``).

    Example:
    | When Alice's network is cut
    | And Alice adds order "tea"
    | Then Alice's page should show order "tea" within 5 seconds

    Source: plan B-10, B-11.
    """

    template = '${device}\'s page should show order "${order}" within ${duration}'
    check = "order_shown"
    device: Device
    order: Text
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        return {"text": world.of(Orders).known(str(self.order))}

    def ready(self, world: World) -> bool:
        return world.of(Orders).says(self.device.name, str(self.order))


class ShowsOrderNoMore(Outcome):
    """No tab of a user's browser may show an order any more by the deadline.

    ``order``: a `Text`, one that a user has added. ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Waits. Fails when the deadline passes (``expected every tab of Alice to show order "tea" no more``); unknown where
    none has ever shown it.

    Example:
    | When Bob removes order "tea"
    | Then Alice's page should show order "tea" no more within 5 seconds

    Source: plan B-10.
    """

    template = '${device}\'s page should show order "${order}" no more within ${duration}'
    check = "order_gone"
    device: Device
    order: Text
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        return {"text": world.of(Orders).known(str(self.order))}

    def ready(self, world: World) -> bool:
        orders = world.of(Orders)
        text = orders.known(str(self.order))
        return not any(row.text == text for rows in orders.shown(self.device.name).values() for row in rows)


class ShowAlike(Outcome):
    """Every tab of these users' browsers must show the same so many orders by the deadline, all of them saved.

    ``devices``: see `Devices`. ``count``: a `Number`. ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Waits. Fails when the deadline passes, with what is there instead.

    Example:
    | When Alice adds 5 orders
    | Then the pages of Alice and Bob should show the same 5 orders within 5 seconds

    Source: plan B-10, B-13.
    """

    template = "the pages of ${devices} should show the same ${count} orders within ${duration}"
    check = "orders_alike"
    devices: Devices
    count: int
    duration: Duration

    @property
    def judged(self) -> tuple[str | None, ...]:
        return (None,)

    def limits(self, world: World) -> dict[str, Any]:
        del world
        return {"names": [device.name for device in self.devices], "number": self.count}

    def ready(self, world: World) -> bool:
        views = [
            {row.text for row in rows if row.state == "saved"}
            if all(row.state == "saved" for row in rows)
            else set()
            for device in self.devices
            for rows in world.of(Orders).shown(device.name).values()
        ]
        return all(len(view) == self.count and view == views[0] for view in views)


class ShownAtOnce(Outcome):
    """A user's page must have shown their own order before the server had saved it, and never without it from then on.

    ``order``: a `Text`, one that this user has added.

    Waits until everything is at rest, see `Rest`. Fails where the page showed it only when it was saved, never as
    saved, or without it in between.

    Example:
    | When Alice adds order "tea"
    | Then Alice's page should have shown order "tea" at once

    Source: plan B-09.
    """

    template = '${device}\'s page should have shown order "${order}" at once'
    check = "order_at_once"
    device: Device
    order: Text

    def limits(self, world: World) -> dict[str, Any]:
        return {"text": world.of(Orders).known(str(self.order))}


class IsToldOfRefusal(Outcome):
    """A user must be told by the deadline that what they wanted an order to say is refused, and shown it no more.

    ``order``: a `Text`, what the order was to say. ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Waits. Fails when the deadline passes, and where a tab still shows it; unknown where it was never shown.

    Example:
    | When Alice changes order "tea" to "green tea"
    | And Bob removes order "tea"
    | Then Alice should be told that order "green tea" is refused within 10 seconds

    Source: plan B-09; issue 11.
    """

    template = '${device} should be told that order "${order}" is refused within ${duration}'
    check = "refusal_shown"
    device: Device
    order: Text
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        return {"text": world.of(Orders).known(str(self.order))}

    def ready(self, world: World) -> bool:
        orders = world.of(Orders)
        text = orders.known(str(self.order))
        told = any(line.text == text for line in world.history.of(OrderRefused, self.device.name))
        shown = orders.shown(self.device.name).values()
        return told and not any(row.text == text for rows in shown for row in rows)


class TabsSendMessages(Outcome):
    """The tabs of a user's browser may have sent each other so many messages at most, all together.

    ``count``: a `Number`; a message to several tabs is one.

    Waits until everything is at rest, see `Rest`. Fails for more; unknown where no tab has told another one anything.

    Example:
    | And Alice opens the page in 2 more tabs
    | When Alice adds 5 orders
    | Then Alice's tabs should have sent each other at most 10 messages

    Source: plan B-11; issue 11.
    """

    template = "${device}'s tabs should have sent each other at most ${count} messages"
    check = "tab_messages"
    device: Device
    count: int

    def limits(self, world: World) -> dict[str, Any]:
        del world
        return {"most": self.count}
