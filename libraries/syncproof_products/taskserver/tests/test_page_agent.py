"""A browser's agent where its page does not do what it should: who asked is told, and the agent lives on."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest

from syncproof_agentkit.errors import AgentError
from syncproof_agentkit.workloads.orders import NewChange
from syncproof_products.taskserver.broadcast.agent.config import Config, Settings
from syncproof_products.taskserver.page.agent.chromium import Chromium, Observed, PageError, Row, Seen
from syncproof_products.taskserver.page.agent.device import Device

SHOWN = Observed((Seen((Row("1", "tea", "saved"),), "connected", 0, ()),), 0)
QUICK = Settings(retry_base_s=0.01, retry_max_s=0.01)


class Page(Chromium):
    """Shows one order, of which nothing can be clicked; once it is gone as a whole."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.opened, self.is_gone = 0, False

    def open_tab(self, address: str, orders: str) -> None:
        del address, orders
        self.opened += 1
        self.is_gone = False

    def close_tabs(self) -> None:
        pass

    def read(self) -> list[Observed]:
        if self.is_gone:
            raise PageError("the page has crashed")
        return [SHOWN]

    def add(self, text: str) -> None:
        raise PageError(f"no field for {text}")

    def remove(self, order: str) -> None:
        raise PageError(f"nothing to click of {order}")


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not holds():
            await asyncio.sleep(0.005)


def test_what_cannot_be_done_in_the_page_is_an_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    told: list[tuple[str, dict[str, object]]] = []

    async def story() -> None:
        config = Config(device="Alice", directory=str(tmp_path / "device"), settings=QUICK)
        device = Device(config, lambda what, fields: told.append((what, fields)))
        page = device._browser = Page(tmp_path)
        device.subscribe("list")
        device.set_address("127.0.0.1:9")
        device.connect(True)
        living = asyncio.create_task(device.run())
        await until(device.joined)
        with pytest.raises(AgentError, match="nothing to click of 1") as refused:
            await device.change(NewChange(order="tea", action="remove"))
        assert (refused.value.status, refused.value.code, refused.value.happened) == (409, "page", "maybe")
        device.publish("op-1", "list", '{"text":"coffee","from":"Alice","op_id":"op-1"}')
        await until(lambda: [fields for what, fields in told if what == "failed"])
        page.is_gone = True
        await until(lambda: page.opened == 2 and device.joined())
        assert not living.done()
        living.cancel()
        await asyncio.wait([living])

    asyncio.run(story())
    [failed] = [fields for what, fields in told if what == "failed"]
    assert (failed["op_id"], failed["code"]) == ("op-1", "page")
    assert [fields["reason"] for what, fields in told if what == "retry"] == ["the page has crashed"]


class Slow(Page):
    """Adds an order, and takes its time."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.added: list[str] = []
        self.begun, self.may_end = Event(), Event()

    def add(self, text: str) -> None:
        self.added.append(text)
        self.begun.set()
        assert self.may_end.wait(30)


def test_what_was_begun_when_its_user_goes_offline_is_done_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    async def story() -> None:
        config = Config(device="Alice", directory=str(tmp_path / "device"), settings=QUICK)
        device = Device(config, lambda *_: None)
        page = device._browser = Slow(tmp_path)
        device.subscribe("list")
        device.set_address("127.0.0.1:9")
        device.connect(True)
        living = asyncio.create_task(device.run())
        await until(device.joined)
        done = device._put_to_do(lambda: page.add("coffee"))
        await until(page.begun.is_set)
        device.connect(False)
        await until(lambda: not device._todo)
        page.may_end.set()
        await until(lambda: device.connection == "offline")
        device.connect(True)
        await asyncio.wait_for(done, 20)
        await until(lambda: page.opened == 2)
        await asyncio.wait_for(device._put_to_do(lambda: page.added.append("next")), 20)
        assert page.added == ["coffee", "next"]
        living.cancel()
        await asyncio.wait([living])

    asyncio.run(story())
