"""The page as the server hands it out, what its users' changes mean to other instances, and each bug of it."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from syncproof_defects import Defect
from syncproof_products.taskserver.broadcast.messages import Event
from syncproof_products.taskserver.broadcast.redis import Unpublished
from syncproof_products.taskserver.broadcast.server import Broadcast
from syncproof_products.taskserver.defects import page
from syncproof_products.taskserver.page import invalidating
from syncproof_products.taskserver.page.agent.signed import Order
from syncproof_products.taskserver.page.invalidating import Invalidating
from syncproof_products.taskserver.page.pages import Pages

DEFECTS = [each for each in vars(page).values() if isinstance(each, Defect)]
FILES = (
    "index.html",
    "orders.css",
    *(f"{name}.js" for name in ("main", "orders", "kept", "server", "feed", "tabs", "view")),
)


def client() -> TestClient:
    return TestClient(Starlette(routes=list(Pages().routes)))


def test_every_file_is_there_with_its_type() -> None:
    types = {client().get(f"/orders/{name}").headers["content-type"].partition(";")[0] for name in FILES}
    assert types == {"text/html", "text/css", "text/javascript"}
    assert client().get("/orders").text == client().get("/orders/index.html").text


@pytest.mark.parametrize("name", ["none.js", "../pages.py", "%2e%2e/pages.py", "site/main.js", "main.js/"])
def test_nothing_else_is(name: str) -> None:
    assert client().get(f"/orders/{name}").status_code == 404


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda each: each.name)
def test_a_bug_changes_the_page(defect: Defect, capfd: pytest.CaptureFixture[str]) -> None:
    good = {name: Pages().source(name) for name in FILES}
    with ExitStack() as undo:
        defect.apply(undo, defect.name)
        broken = {name: Pages().source(name) for name in FILES}
    assert broken != good
    assert f"defect {defect.name} ran" in capfd.readouterr().err
    assert {name: Pages().source(name) for name in FILES} == good


class Hub(Broadcast):
    """Goes out after so many failures."""

    def __init__(self, failures: int) -> None:
        self.failures, self.told = failures, list[Event]()

    async def publish(self, event: Event) -> None:
        await asyncio.sleep(0)
        if self.failures:
            self.failures -= 1
            raise Unpublished("Redis is away")
        self.told.append(event)


def test_what_could_not_go_out_is_told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invalidating, "_PAUSE_S", 0.001)
    hub = Hub(failures=2)

    async def told() -> None:
        telling = Invalidating(hub)
        running = asyncio.create_task(telling.run())
        for repository in ("one", "two", "one"):
            telling.changed(repository)
        async with asyncio.timeout(20):
            while len(hub.told) < 2:
                await asyncio.sleep(0.001)
        running.cancel()
        await asyncio.wait([running])

    asyncio.run(told())
    assert sorted(event.channel for event in hub.told) == ["tasks/one", "tasks/two"]
    assert len({event.id for event in hub.told}) == 2


@pytest.mark.parametrize("text", ["tea", "tea, for two (cups)", "two\nlines"])
def test_an_order_is_read_as_it_was_written(text: str) -> None:
    order = Order(text, "alice-1", "g/Alice/1")
    assert Order.read(order.written) == order
    assert (
        order.content
        == f'{{"from":"alice-1","op_id":"g/Alice/1","text":"{text}"}}'.replace("\n", "\\n").encode()
    )
    assert Order.read(text).op_id in ("", "cups")
