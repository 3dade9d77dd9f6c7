"""A device on another platform is an agent that the run names, and one device only."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from syncproof.kernel.agent import Capabilities
from syncproof.kernel.trouble import ClientUnavailable
from syncproof.systems.devices import ProcessDevices
from syncproof.systems.elsewhere import Elsewhere, NotOurs

WINDOWS = "http://192.168.1.6:8701/"


def devices(**elsewhere: str) -> ProcessDevices:
    system = SimpleNamespace(
        use_client=lambda _: None, start_device=lambda *_: Elsewhere("ours", "127.0.0.1:1", "")
    )
    servers = SimpleNamespace(of_device=lambda _: {}, nodes={})
    rest: Any = cast(Any, None)
    return ProcessDevices(
        cast(Any, system),
        rest,
        cast(Any, servers),
        Capabilities(),
        "embedded",
        rest,
        rest,
        Path,
        str,
        elsewhere,
    )


def started(there: ProcessDevices, name: str) -> str:
    return there.start(name, 0, 1, {}).agent.url


def test_it_is_the_one_that_the_run_names() -> None:
    there = devices(Windows=WINDOWS)
    there.use_platforms({"Bob": "Windows"})
    assert (started(there, "Bob"), started(there, "Alice")) == (
        "http://192.168.1.6:8701",
        "http://127.0.0.1:1",
    )
    there.use_platforms({})
    assert started(there, "Bob") == "http://127.0.0.1:1"


def test_nothing_can_be_done_to_its_process() -> None:
    there = devices(Windows=WINDOWS)
    there.use_platforms({"Bob": "Windows"})
    with pytest.raises(NotOurs, match=r"Bob's agent at 192\.168\.1\.6:8701 was not started by this run"):
        there.start("Bob", 0, 1, {}).process.kill()


@pytest.mark.parametrize("named", [{}, {"macOS": ""}])
def test_a_platform_without_an_agent_is_told(named: dict[str, str]) -> None:
    said = (
        "There is no device on macOS here. Start an agent there, and name it with --variable MACOS_AGENT_URL:"
    )
    with pytest.raises(ClientUnavailable, match=re.escape(said)):
        devices(**named).use_platforms({"Bob": "macOS"})


def test_two_devices_do_not_share_an_agent() -> None:
    with pytest.raises(ClientUnavailable, match="two devices there"):
        devices(Windows=WINDOWS).use_platforms({"Alice": "Windows", "Bob": "Windows"})
