"""Whatever comes ends one connection at most: no message ends a peer, nor what fails while it deals with one."""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncproof_agentkit.config import ConfigError, read_config
from syncproof_products.peers.agent.config import Config
from syncproof_products.peers.agent.connections import Lost, _decoded
from syncproof_products.peers.core.messages import (
    Ask,
    Block,
    Deny,
    Forked,
    GiveBack,
    Grant,
    Have,
    Here,
    Message,
    Ops,
    Pull,
    Still,
    Want,
    encode,
)
from syncproof_products.peers.core.model import Change, Content, Op, Vote
from syncproof_products.peers.core.signing import Signer, is_genuine
from syncproof_products.peers.tests.test_device import BOB, hears, in_a_loop, names, peer, text
from syncproof_products.peers.tests.test_forks import chain

_X = hashlib.sha256(b"x").hexdigest()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"zz",
        encode(Want("ab"))[:-2] + b"\xff\xfe",
        b"\x82\xa4type\xa4want\xa1x" + b"\x91" * 5000 + b"\xc0",
    ],
    ids=["empty", "no message", "no text", "too deep"],
)
def test_what_is_no_message_is_the_end_of_a_connection(data: bytes) -> None:
    with pytest.raises(Lost, match="what came is no message"):
        _decoded(data)


@pytest.mark.parametrize("name", ["M\0", "a/b", "M\n", "", "x" * 65])
def test_who_is_called_like_no_file_signs_nothing(name: str) -> None:
    (op,) = chain("one", signer=Signer(name, b"m" * 32))
    assert not is_genuine(op)
    with pytest.raises(ConfigError):
        read_config({"device": name, "directory": "x"}, Config)


@in_a_loop
async def test_an_operation_that_cannot_be_laid_stops_no_start(tmp_path: Path) -> None:
    device = peer(tmp_path).device
    for author in ("Alice", "A\0"):  # as an older program has taken it
        hears(device, author, "plan.txt", f"of {author}")
    assert names(device.folder) == ["plan.txt"]
    device.store.close()
    again = peer(tmp_path).device
    again.start()
    hears(again, "Carol", "list.txt", "hers")
    again.look_again()
    assert names(again.folder) == ["list.txt", "plan.txt"]


@in_a_loop
async def test_what_could_not_be_stored_counts_for_nothing_and_comes_again(
    tmp_path: Path,
) -> None:
    device = peer(tmp_path).device
    deliver = device.store.deliver

    def full(*_: object) -> int:
        raise sqlite3.OperationalError("database or disk is full")

    hears(device, "Carol", "list.txt", "hers")
    device.store.deliver = full  # type: ignore[method-assign, assignment]
    with pytest.raises(Lost, match="disk is full"):
        hears(device, "Alice", "plan.txt", "hers")
    assert device.node.has == {"Carol": 1}
    device.store.deliver = deliver  # type: ignore[method-assign]
    device.disconnected("Alice")
    hears(device, "Alice", "plan.txt", "hers")
    assert names(device.folder) == ["list.txt", "plan.txt"]
    assert [each.op.author for each in device.store.deliveries(0, -1)] == ["Carol", "Alice"]


@in_a_loop
async def test_who_has_said_nothing_wrong_is_asked_again_for_what_it_has(tmp_path: Path) -> None:
    device = peer(tmp_path).device
    for name in ("Alice", "Carol"):
        device.connected(name)
    device.received("Carol", Have({"Carol~1": 3}), 9)
    assert device.node.asking == 1
    device.node._got = None  # type: ignore[method-assign, assignment]
    with pytest.raises(Lost):
        device.received("Alice", Ops(()), 9)
    assert list(device.node.others) == ["Carol"]
    assert device.node.asking == 1


@in_a_loop
async def test_no_promise_is_told_that_could_not_be_stored(tmp_path: Path) -> None:
    device = peer(tmp_path).device
    told: list[Message] = []
    device.locks._send = lambda _, message: told.append(message)
    put = device.store.put_promise

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    device.connected("Alice")
    ask = Ask("plan.txt", 1, held=False, sent=1.0)
    device.store.put_promise = full  # type: ignore[method-assign, assignment]
    for _ in range(2):
        with pytest.raises(Lost):
            device.received("Alice", ask, 9)
    assert told == []
    device.store.put_promise = put  # type: ignore[method-assign]
    device.received("Alice", ask, 9)
    assert [type(message) for message in told] == [Grant]
    assert device.store.promises() == {"plan.txt": ("Alice", 1)}


_CALLED = ("Bob", "Mallory", "M\0", "a/b", "..", "\n", "", "x" * 300)
_NAMES = st.sampled_from(_CALLED)
_PATHS = st.sampled_from(
    [
        "plan.txt",
        "plan.txt/below",
        "a//b",
        "a/",
        "x" * 300,
        ".plan.txt.peers-lock",
        f"plan (conflict {BOB}-1).txt",
    ]
)
_TEXTS = st.sampled_from(["", "\0", "~", _X, f"{BOB}/1", "x" * 5000])
_NUMBERS = st.sampled_from([0, 1, 2, 2**53])
_CLOCKS = st.dictionaries(st.sampled_from([BOB, "M\0", ""]), _NUMBERS, max_size=2)
_FLOATS = st.sampled_from([0.0, -1.0, float("inf"), float("nan")])
_CONTENTS = st.one_of(
    st.just(text("x")), st.builds(Content, _TEXTS, _NUMBERS, st.sampled_from([0, 0o7777]), st.tuples(_TEXTS))
)
_CHANGES = st.builds(Change, _PATHS, st.tuples(_TEXTS), st.one_of(st.none(), _CONTENTS))
_VOTES = st.builds(Vote, _PATHS, _TEXTS, st.tuples(_TEXTS))


@st.composite
def _ops(draw: st.DrawFn) -> Op:
    """What somebody has signed with a key of its own, whatever it says and is called."""
    made = Op(
        author="",
        seq=draw(_NUMBERS),
        before=draw(st.sampled_from(["", _X])),
        after=draw(_CLOCKS),
        depth=draw(_NUMBERS),
        changes=tuple(draw(st.lists(_CHANGES, max_size=2))),
        key=draw(_TEXTS),
        written=draw(_FLOATS),
        votes=tuple(draw(st.lists(_VOTES, max_size=1))),
    )
    signer = Signer(draw(_NAMES), b"m" * 32)
    return signer.sign(Op(signer.author, *(getattr(made, name) for name in Op.__struct_fields__[1:])))


_MESSAGES = st.one_of(
    st.builds(Have, _CLOCKS, st.dictionaries(_TEXTS, _TEXTS, max_size=2)),
    st.builds(Pull, _CLOCKS, _CLOCKS),
    st.builds(Ops, st.lists(_ops(), max_size=3).map(tuple)),
    st.builds(Want, _TEXTS),
    st.builds(Block, _TEXTS, st.sampled_from([None, b"", b"x"])),
    st.sampled_from([Still(), Here(), Block(_X, b"x")]),
    st.builds(Forked, _ops(), _ops()),
    st.builds(Ask, _PATHS, _NUMBERS, st.booleans(), _FLOATS),
    st.builds(Grant, _PATHS, _NUMBERS, _FLOATS),
    st.builds(Deny, _PATHS, _NAMES, _NUMBERS, _FLOATS),
    st.builds(GiveBack, _PATHS, _NUMBERS),
)


@st.composite
def _mutated(draw: st.DrawFn) -> bytes:
    """A message in which something is not as it was sent."""
    data = encode(draw(_MESSAGES))
    at = draw(st.integers(0, len(data)))
    return data[:at] + draw(st.binary(max_size=4)) + data[at + draw(st.integers(0, 4)) :]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.one_of(_MESSAGES.map(encode), _mutated(), st.binary(max_size=40)), max_size=12))
def test_whatever_comes_a_peer_lives_on_and_starts_again(said: list[bytes]) -> None:
    async def test(directory: Path) -> None:
        device = peer(directory).device
        device.folder.put("plan.txt", b"his", 0o644)
        device.take_in()
        device.share("docs", _CALLED)
        device.connected("Mallory")
        for data in said:
            try:
                message = _decoded(data)
            except Lost:
                continue
            device._take_up("Mallory", message, len(data))
        device.look_again()
        device.store.close()
        again = peer(directory).device
        again.start()
        again.look_again()
        assert b"his" in {(again.folder.root / name).read_bytes() for name in names(again.folder)}

    with tempfile.TemporaryDirectory() as directory:
        asyncio.run(test(Path(directory)))
