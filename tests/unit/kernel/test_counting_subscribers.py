"""What becomes of it where the server of a client does not say how many subscribers it counts."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from syncproof.evidence.records import Note, Record
from syncproof.kernel.agent import AgentError
from syncproof.workloads.channels.records import NO_COUNT, ChannelCount
from syncproof.workloads.channels.state import Channels
from syncproof.workloads.channels.surface import Counted

CHANNEL = "g/orders"
SECOND = 1_000_000_000


class World:
    """One client, and what its agent answers one time after the other."""

    def __init__(self, *answers: int | AgentError) -> None:
        self._answers = iter(answers)
        self._now = 0
        self.asked_ns = 0
        self.records: list[Record] = []
        self.scheduler = self.history = self
        self.topology = SimpleNamespace(group="g")

    def now(self) -> int:
        self._now += SECOND
        return self._now

    def node(self, _name: str) -> Any:
        return SimpleNamespace(agent=self)

    def ask(self, _request: object) -> Counted:
        answer = next(self._answers)
        if isinstance(answer, AgentError):
            raise answer
        return Counted(answer)

    def record(self, line: Record) -> None:
        self.records.append(line)

    def note(self, what: str, /, device: str, **fields: object) -> None:
        self.record(Note(t_ns=self.now(), device=device, what=what, fields=fields))

    def of(self, kind: type[Record], device: str) -> list[Any]:
        return [line for line in self.records if isinstance(line, kind) and line.device == device]

    def notes(self, what: str, device: str) -> list[Note]:
        return [line for line in self.of(Note, device) if line.what == what]


def refused(code: str, message: str = "It is gone.", happened: str = "no") -> AgentError:
    return AgentError("Bob", "GET /channels", 503, code, message, happened)


def counts(world: World, times: int) -> list[int]:
    channels = Channels(world)  # type: ignore[arg-type]
    channels._known.add("orders")
    return [channels.ask_count("Bob", "orders") for _ in range(times)]


def test_a_server_that_is_away_is_asked_again_and_the_reason_is_on_record_once() -> None:
    world = World(refused("offline"), refused("offline"), refused("offline", "Too slow."), 3)
    assert counts(world, 4) == [-1, -1, -1, 3]
    assert [note.fields for note in world.notes(NO_COUNT, "Bob")] == [
        {"channel": CHANNEL, "why": "It is gone."},
        {"channel": CHANNEL, "why": "Too slow."},
    ]
    assert len(world.of(ChannelCount, "Bob")) == 1


def test_a_later_sentence_has_its_own_reason() -> None:
    world = World(refused("offline"), refused("offline"))
    channels = Channels(world)  # type: ignore[arg-type]
    channels._known.add("orders")
    channels.ask_count("Bob", "orders")
    world.asked_ns = world.now()
    channels.ask_count("Bob", "orders")
    assert len(world.notes(NO_COUNT, "Bob")) == 2


@pytest.mark.parametrize("code", ["unsupported", "invalid", "unknown"])
def test_any_other_refusal_ends_the_scenario(code: str) -> None:
    with pytest.raises(AgentError, match=code):
        counts(World(refused(code)), 1)
