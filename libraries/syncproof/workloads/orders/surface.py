"""What the workload asks of an agent, beyond what every agent answers."""

from __future__ import annotations

from typing import Literal

import msgspec

from syncproof.kernel.agent import Request


class Noted(msgspec.Struct, frozen=True):
    """Nothing: what becomes of it the page shows."""


class ChangeOrder(Request[Noted], frozen=True):
    """A user changes an order, by what it says, or removes it."""

    method = "POST"
    route = "/orders/changes"
    order: str
    action: Literal["change", "remove"]
    text: str = ""


class OpenTabs(Request[Noted], frozen=True):
    """A user opens the list in so many tabs more."""

    method = "POST"
    route = "/orders/tabs"
    count: int


class Picture(msgspec.Struct, frozen=True):
    """PNG, in base64."""

    png: str


class TakePicture(Request[Picture], frozen=True):
    """What the first tab looks like."""

    method = "GET"
    route = "/orders/screenshot"
