"""A list of orders in a browser: what its user does there besides adding one, and what the page looks like."""

from __future__ import annotations

from typing import Annotated, Literal, Protocol, runtime_checkable

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from syncproof_agentkit.answering import reply
from syncproof_agentkit.part import Answer, Part


class NewChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """POST /orders/changes. order: what it says now, as the page shows it. text: what it is to say."""

    order: str
    action: Literal["change", "remove"]
    text: str = ""


class NewTabs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """POST /orders/tabs."""

    count: Annotated[int, msgspec.Meta(ge=1, le=10)]


@runtime_checkable
class ShowsOrders(Protocol):
    """An adapter whose device is a browser with a list of orders."""

    async def change_order(self, wanted: NewChange) -> None: ...
    def open_tabs(self, count: int) -> None: ...
    async def screenshot(self) -> str: ...


async def _change(agent: ShowsOrders, _: Request, wanted: NewChange) -> Response:
    await agent.change_order(wanted)
    return reply({}, 202)


async def _open_tabs(agent: ShowsOrders, _: Request, wanted: NewTabs) -> Response:
    agent.open_tabs(wanted.count)
    return reply({}, 202)


async def _screenshot(agent: ShowsOrders, _: Request, __: None) -> Response:
    return reply({"png": await agent.screenshot()})


PARTS = (
    Part(
        ShowsOrders,
        "This product does not have a page.",
        (
            Answer("POST", "/orders/changes", _change, content=NewChange),
            Answer("POST", "/orders/tabs", _open_tabs, content=NewTabs),
            Answer("GET", "/orders/screenshot", _screenshot),
        ),
    ),
)
