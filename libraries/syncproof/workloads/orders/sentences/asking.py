"""Sentences about what users do on the page with the list of orders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.kernel.cast import Device, Devices
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.text import Text
from syncproof.workloads.orders.state import Orders

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class OpenOrderPage(Sentence):
    """Open the page with the list of orders, each user in a browser of their own, and wait until all are connected.

    ``devices``: two or more of the cast, see `Devices`. Each browser has a network of its own; of several server
    instances each gets the next one, so that the first two are on different ones. This is the first sentence of every
    scenario about orders and comes once. The test is skipped where there is no browser. At the end of every test it is
    judged that no page ever showed one order twice, and the log has a picture of each page.

    Waits at most 60 seconds; fails with ``expected Alice and Bob to be syncing``. Fails at once when the scenario has
    introduced its devices before.

    Example:
    | Given Alice and Bob have the order page open
    | When Alice adds order "tea"

    Source: plan B-13.
    """

    page = "Devices"
    template = "${devices} have the order page open"
    devices_are = "introduced"
    devices: Devices

    def run(self, world: World) -> None:
        world.of(Orders)
        world.topology.meet([device.name for device in self.devices])


class OpensTabs(Sentence):
    """Let a user open the list of orders in more tabs of the same browser, and wait until all show it.

    ``count``: a `Number`, up to 10.

    Waits at most 60 seconds; fails with ``expected Alice's page to be open in 3 tabs``.

    Example:
    | Given Alice and Bob have the order page open
    | And Alice opens the page in 2 more tabs

    Source: plan B-11.
    """

    page = "Devices"
    template = "${device} opens the page in ${count} more tabs"
    device: Device
    count: int

    def run(self, world: World) -> None:
        world.of(Orders).open_tabs(self.device.name, self.count)


class AddsOrder(Sentence):
    """Let a user add an order to the list, in the first tab.

    ``order``: a `Text`, how the scenario calls it; on the page the user signs it.

    Enqueues. The order counts as acknowledged when the page shows it as saved.

    Example:
    | When Alice adds order "tea"
    | Then Bob's page should show order "tea" within 5 seconds

    Source: plan B-09.
    """

    page = "Devices"
    template = '${device} adds order "${order}"'
    roles = ("sends",)
    device: Device
    order: Text

    def run(self, world: World) -> None:
        world.of(Orders).add(self.device.name, str(self.order))


class AddsOrders(Sentence):
    """Let a user add several orders, one directly behind the other.

    ``count``: a `Number`. They are called ``order 1``, ``order 2`` ...

    Enqueues, like `${device} adds order "${order}"`.

    Example:
    | When Alice adds 5 orders
    | Then the pages of Alice and Bob should show the same 5 orders within 5 seconds

    Source: plan B-13.
    """

    page = "Devices"
    template = "${device} adds ${count} orders"
    roles = ("sends",)
    device: Device
    count: int

    def run(self, world: World) -> None:
        world.of(Orders).add_many(self.device.name, self.count)


class ChangesOrder(Sentence):
    """Let a user change what an order says, in the first tab.

    ``order``: a `Text`, one that everybody's page has shown. ``text``: a `Text`, how the order is called from then on.

    Hands over what is due, then tells the browser; fails at once where somebody has not been shown the order yet.

    Example:
    | Then Bob's page should show order "tea" within 5 seconds
    | When Bob changes order "tea" to "green tea"

    Source: plan B-09.
    """

    page = "Devices"
    template = '${device} changes order "${order}" to "${text}"'
    device: Device
    order: Text
    text: Text

    def run(self, world: World) -> None:
        world.of(Orders).change(self.device.name, str(self.order), str(self.text))


class RemovesOrder(Sentence):
    """Let a user remove an order from the list, in the first tab.

    ``order``: a `Text`, one that everybody's page has shown. Otherwise like `${device} changes order "${order}" to
    "${text}"`.

    Example:
    | When Bob removes order "tea"
    | Then Alice's page should show order "tea" no more within 5 seconds

    Source: plan B-09.
    """

    page = "Devices"
    template = '${device} removes order "${order}"'
    device: Device
    order: Text

    def run(self, world: World) -> None:
        world.of(Orders).remove(self.device.name, str(self.order))
