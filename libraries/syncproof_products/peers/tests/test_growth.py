"""What a change costs peers in a tree grows in line with their number, up to a hundred."""

from __future__ import annotations

import math
from collections import Counter

from syncproof_products.peers.core.messages import Message, encode
from syncproof_products.peers.core.overlay import neighbours
from syncproof_products.peers.tests.network import Network

#: Everybody who tells everybody has 2.
_IN_LINE = 1.15
_NUMBERS = (10, 25, 50, 100)


class Counting(Network):
    """It counts what is sent: messages by kind, and bytes."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(names)
        self.sent: Counter[str] = Counter()
        for name in names:
            for other in neighbours(name, names, 2):
                if name < other:
                    self.connect(name, other)
        self.settle()

    def send(self, name: str, to: str, message: Message) -> None:
        self.sent["messages"] += 1
        self.sent["bytes"] += len(encode(message))
        super().send(name, to, message)


def power(costs: list[int]) -> float:
    """The exponent of the power of the number of peers that these are nearest to."""
    logs = [(math.log(number - 1), math.log(cost)) for number, cost in zip(_NUMBERS, costs, strict=True)]
    mean_x, mean_y = (sum(each) / len(logs) for each in zip(*logs, strict=True))
    above = sum((x - mean_x) * (y - mean_y) for x, y in logs)
    return float(above / sum((x - mean_x) ** 2 for x, _ in logs))


def test_messages_and_bytes_of_a_change_grow_in_line_up_to_a_hundred_peers() -> None:
    costs: dict[str, list[int]] = {"messages": [], "bytes": []}
    for number in _NUMBERS:
        names = tuple(f"peer {place:03}" for place in range(number))
        network = Counting(names)
        network.sent.clear()
        for author in names[:3]:
            network.write(author, f"{author}.txt", f"{author} says more than fits into one block")
        network.settle()
        assert all(network.tree(name).keys() == {f"{author}.txt" for author in names[:3]} for name in names)
        for what, found in costs.items():
            found.append(network.sent[what])
    assert {what: power(found) for what, found in costs.items() if power(found) > _IN_LINE} == {}, costs
