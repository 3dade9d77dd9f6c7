"""A device is told of its group in the way of a workload, where one has a way of its own."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from syncproof.kernel.agent import Agent
from syncproof.kernel.state import State
from syncproof.kernel.topology import Topology
from syncproof.workloads.encryption.state import EncryptedGroup
from syncproof.workloads.encryption.surface import Encrypted, PutIntoGroup


class Told:
    """An agent, and what it was told."""

    device = "Alice"

    def __init__(self) -> None:
        self.groups: list[tuple[str, Sequence[str]]] = []
        self.asked: list[PutIntoGroup] = []

    def set_group(self, group: str, members: Sequence[str]) -> None:
        self.groups.append((group, members))

    def ask(self, request: PutIntoGroup) -> Encrypted:
        self.asked.append(request)
        return Encrypted("argon2id", 7.0)


class Own(State):
    """A workload with a way of its own."""

    def put_into_group(self, agent: Agent, identities: Sequence[str]) -> bool:  # noqa: ARG002
        return True


def world(*states: type[State]) -> Any:
    made: Any = SimpleNamespace(title="T", test_bed=SimpleNamespace(fresh_group=lambda _: "g"), states=[])
    made.notes = []
    made.note = lambda what, **fields: made.notes.append((what, fields))
    made.topology = Topology(made)
    made.states += [state(made) for state in states]
    return made


def put(there: Any) -> Told:
    told: Any = Told()
    there.topology.put_into_group(told, ["a", "b"])
    found: Told = told
    return found


def test_by_default_it_is_told_the_members() -> None:
    assert put(world()).groups == put(world(State)).groups == [("g", ["a", "b"])]


def test_the_way_of_a_workload_takes_the_place_of_that() -> None:
    assert put(world(State, Own)).groups == []


def test_an_encrypted_group_begins_with_the_passphrase() -> None:
    there = world(EncryptedGroup)
    assert put(there).groups == [("g", ["a", "b"])]
    there.states[0].begin()
    first, second = put(there), put(there)
    assert first.groups == second.groups == []
    passphrase = there.states[0].passphrase
    assert first.asked == [PutIntoGroup("g", ("a", "b"), passphrase)]
    assert second.asked == [PutIntoGroup("g", ("a", "b"), passphrase, "argon2id")]
    assert there.notes == [("derived", {"device": "Alice", "derivation": "argon2id", "took_ms": 7.0})] * 2
