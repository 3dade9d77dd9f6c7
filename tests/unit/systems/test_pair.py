"""A pair that does not start, or does not end as it should, leaves nothing behind that could be ended."""

from __future__ import annotations

import contextlib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from syncproof.systems import pair
from syncproof.systems.pair import Pairs
from syncproof.systems.products import find


class Cannot(Exception):
    """What does not start or end."""


class Node:
    """A server that says when it is ended."""

    secret, address = "secret", "127.0.0.1:1"

    def __init__(self, system: System, name: str) -> None:
        self._system, self._name = system, name

    def stop(self) -> None:
        self._system.end(self._name)


class System:
    """A driver of a product with a store, and a relay behind it. wrong: who does not start, or not end."""

    manifest = find("taskserver-broadcast")
    agents_know_server = True

    def __init__(self, server_lasts: str) -> None:
        self.server_lasts = server_lasts
        self.there: list[str] = []
        self.wrong: list[str] = []

    def require(self) -> None: ...

    def identity(self, name: str) -> str:
        return name.partition("-")[0]

    def start_server(self, _: Path, name: str, __: object) -> Node:
        self._start(name)
        return Node(self, name)

    def start_device(self, identity: str, *_: object) -> str:
        self._start(identity)
        return identity

    def discard(self, program: str, _: Path) -> None:
        self.end(program)

    def _start(self, name: str) -> None:
        if name in self.wrong:
            raise Cannot(name)
        self.there.append(name)

    def end(self, name: str) -> None:
        if name in self.wrong:
            raise Cannot(name)
        self.there.remove(name)


def pairs_of(system: System, monkeypatch: pytest.MonkeyPatch) -> Pairs:
    launcher: Any = SimpleNamespace(start=lambda *_, **__: contextlib.nullcontext())
    monkeypatch.setattr(pair, "Launcher", launcher)
    monkeypatch.setattr(pair, "drive", lambda *_: system)
    return Pairs()


@pytest.fixture(params=["file", "run"])
def system(request: pytest.FixtureRequest) -> System:
    return System(request.param)


NODES = [*System.manifest.nodes]


@pytest.mark.parametrize("wrong", NODES)
def test_where_a_node_does_not_start_none_is_left(
    system: System, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs = pairs_of(system, monkeypatch)
    system.wrong = [wrong]
    with pytest.raises(Cannot):
        pairs.start()
    assert system.there == []
    pairs.close()


def test_where_a_device_does_not_start_the_pair_is_ended(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs = pairs_of(system, monkeypatch)
    system.wrong = ["Bob"]
    with pytest.raises(Cannot):
        pairs.start()
    assert system.there == (NODES if system.server_lasts == "run" else [])
    pairs.close()
    assert system.there == []


@pytest.mark.parametrize("wrong", ["Alice", "Bob", *NODES])
def test_what_cannot_be_ended_keeps_nothing_else(
    system: System, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs = pairs_of(system, monkeypatch)
    started = pairs.start()
    system.wrong = [wrong]
    ending = contextlib.ExitStack()
    ending.callback(pairs.close)
    ending.callback(started.stop)
    with pytest.raises(Cannot):
        ending.close()
    assert system.there == [wrong]
