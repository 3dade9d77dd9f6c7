"""Users tell a device the keys of the others: of one that shows an earlier key still, that one as well."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from syncproof.workloads.keys.state import Keys
from syncproof.workloads.keys.surface import Key, ReadKey, TellKey


class Told:
    """An agent with a key, and what it was told."""

    def __init__(self, key: Key) -> None:
        self._key = key
        self.told: list[TellKey] = []

    def ask(self, request: ReadKey | TellKey) -> Key | None:
        if isinstance(request, ReadKey):
            return self._key
        self.told.append(request)
        return None


@pytest.mark.parametrize(
    ("key", "told"),
    [
        (Key("new"), [TellKey("b", "new")]),
        (Key("new", "old", 7.0), [TellKey("b", "old"), TellKey("b", "new", 7.0)]),
    ],
)
def test_what_a_device_is_told_of_another_one(key: Key, told: list[TellKey]) -> None:
    alice, bob = Told(Key("a")), Told(key)
    nodes = {
        name: SimpleNamespace(identity=name[0], agent=agent) for name, agent in (("a", alice), ("b", bob))
    }
    world: Any = SimpleNamespace(topology=SimpleNamespace(nodes=nodes, outsiders={}))
    agent: Any = alice
    assert not Keys(world).put_into_group(agent, ["a", "b"])
    assert (alice.told, bob.told) == (told, [])


def test_a_time_that_nobody_says_is_not_sent() -> None:
    assert msgspec.to_builtins(TellKey("b", "new")) == {"peer": "b", "key": "new"}
    assert msgspec.to_builtins(TellKey("b", "new", 0.0)) == {"peer": "b", "key": "new", "overlap_s": 0.0}
