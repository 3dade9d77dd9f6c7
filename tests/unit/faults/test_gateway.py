"""A gateway answers every request in the place of its server, whatever is asked and however long it is."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from typing import cast

import httpx
import pytest

from syncproof.faults.bad_gateway import BadGateway
from syncproof.faults.gateway import CLOSED_PATH, main
from syncproof.faults.gateway.program import Gateway
from syncproof.faults.passing_on import serve
from syncproof.kernel.link import Link, Probe, Sighting
from syncproof.kernel.sentence import parse

UPGRADE = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Key": "x" * 24}
PROBE = cast("Probe", None)


def asked(ask: Callable[[httpx.AsyncClient], Awaitable[None]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the program, with whoever asks it something in its own loop."""

    async def serving(*given: object) -> None:
        where: asyncio.Future[dict[str, object]] = asyncio.get_running_loop().create_future()
        program = asyncio.ensure_future(serve({"host": "127.0.0.1", "port": 0}, where.set_result, given[2]))  # type: ignore[arg-type]
        at = await where
        async with httpx.AsyncClient(
            base_url=f"http://{at['host']}:{at['port']}", trust_env=False, timeout=60
        ) as client:
            await ask(client)
        signal.raise_signal(signal.SIGTERM)
        await program

    monkeypatch.setattr(main, "serve", serving)
    main.run({}, lambda _: None)


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
def test_every_request_is_answered_502_with_a_page(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def ask(client: httpx.AsyncClient) -> None:
        assert (await client.get("/health")).status_code == 200
        (await client.get(CLOSED_PATH)).raise_for_status()
        for size in (0, 10, 3_000_000):  # one after the other on one connection
            answer = await client.request(method, "/any/path?a=b", content=b"x" * size)
            assert answer.status_code == 502
            assert answer.headers["content-type"] == "text/html"
            assert (answer.text == "") is (method == "HEAD")

    asked(ask, monkeypatch)


def test_a_websocket_is_refused_like_any_other_request(monkeypatch: pytest.MonkeyPatch) -> None:
    async def ask(client: httpx.AsyncClient) -> None:
        (await client.get(CLOSED_PATH)).raise_for_status()
        assert (await client.get("/live", headers=UPGRADE)).status_code == 502

    asked(ask, monkeypatch)


class OneLink:
    """A link as far as the fault looks at it."""

    name = called = node = "Alice"
    leads_to, engine, upstream = "relay", "toxiproxy", "127.0.0.1:1"
    devices = targets = ("Alice",)

    def redirect(self, upstream: str) -> None:
        self.upstream = upstream


class OneGateway:
    address = "127.0.0.1:2"
    discarded = False

    def discard(self) -> None:
        self.discarded = True


def seen(status: int) -> Sighting:
    return Sighting("answered", 1_000_000, 100, 1, 100, status)


def test_a_probe_tells_whether_it_is_on_and_whether_it_is_over() -> None:
    link, gateway = OneLink(), OneGateway()
    fault = BadGateway((cast("Link", link),), cast("Gateway", gateway))
    fault.begin()
    assert link.upstream == gateway.address
    told = [fault.bit(cast("Link", link), PROBE, sighting) for sighting in (None, seen(200), seen(502))]
    assert told == [None, None, "a request was answered 502 after 1.0 ms"]
    fault.end()
    assert (link.upstream, gateway.discarded) == ("127.0.0.1:1", True)
    told = [fault.gone(cast("Link", link), PROBE, sighting) for sighting in (None, seen(502), seen(200))]
    assert told == [None, None, "the upstream answered after 1.0 ms"]


def test_a_gateway_that_refuses_for_no_time_is_refused() -> None:
    assert (
        "refuses no request"
        in parse("Alice's gateway passes requests on again after 0 seconds").contradiction
    )
    assert not parse("Alice's gateway passes requests on again after 200 ms").contradiction
