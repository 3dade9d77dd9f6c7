"""Nodes without a network: what they store, and messages between them, each of which arrives when it is let through."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Collection, Mapping

from syncproof_products.peers.core.actions import (
    Action,
    Deliver,
    Expose,
    Keep,
    Known,
    Refuse,
    Send,
    Serve,
    Unanswered,
)
from syncproof_products.peers.core.heads import alike, layout
from syncproof_products.peers.core.messages import Block, Message, decode, encode
from syncproof_products.peers.core.model import Change, Content, Op
from syncproof_products.peers.core.node import Node

NAMES = ("Alice", "Bob", "Carol")


def content(text: str) -> tuple[Content, dict[str, bytes]]:
    """What a file with a text is, in blocks of eight bytes."""
    data = text.encode()
    parts = [data[i : i + 8] for i in range(0, len(data), 8)]
    blocks = {hashlib.sha256(part).hexdigest(): part for part in parts}
    names = tuple(hashlib.sha256(part).hexdigest() for part in parts)
    return Content(hashlib.sha256(data).hexdigest(), len(data), 0o644, names), blocks


def node(
    name: str, blocks: Mapping[str, bytes] | None = None, members: Collection[str] = frozenset(NAMES)
) -> Node:
    """One whose operations nobody can forge: what they are signed with is another test's.

    blocks: what it stores. members: who takes part.
    """
    stored = {} if blocks is None else blocks
    return Node(name, lambda op: op, lambda _: True, lambda: members, stored.__getitem__)


class Network:
    """Nodes, what they store, and messages between them, each of which arrives when it is let through."""

    def __init__(self, names: tuple[str, ...] = NAMES) -> None:
        self.members = frozenset(names)
        self.blocks: dict[str, dict[str, bytes]] = {name: {} for name in names}
        self.nodes = {name: self.node(name) for name in names}
        self.logs: dict[str, list[Op]] = {name: [] for name in names}
        self.under_way: dict[tuple[str, str], deque[bytes]] = {}
        self.told: list[Action] = []

    def node(self, name: str) -> Node:
        """One that stores what is stored for it here."""
        return node(name, self.blocks.setdefault(name, {}), self.members)

    def write(self, name: str, path: str, text: str | None) -> None:
        node = self.nodes[name]
        made, blocks = content(text) if text is not None else (None, {})
        self.blocks[name].update(blocks)
        heads = layout(path, node.heads.get(path, {}).values())
        there = node.heads.get(path, {})
        parents = alike(heads[path].op, there) if path in heads else tuple(there)
        self.do(name, node.change([Change(path, parents, made)], "", 0.0))

    def connect(self, one: str, other: str) -> None:
        for name, peer in ((one, other), (other, one)):
            self.under_way[name, peer] = deque()
        for name, peer in ((one, other), (other, one)):
            self.do(name, self.nodes[name].connected(peer))

    def disconnect(self, one: str, other: str) -> None:
        for name, peer in ((one, other), (other, one)):
            if self.under_way.pop((name, peer), None) is not None:
                self.do(name, self.nodes[name].disconnected(peer))

    def do(self, name: str, actions: list[Action]) -> None:
        for action in actions:
            self.told.append(action)
            match action:
                case Send(to, message):
                    self.send(name, to, message)
                case Serve(to, digest):
                    self.send(name, to, Block(digest, self.blocks[name][digest]))
                case Keep(digest, data):
                    self.blocks[name][digest] = data
                case Deliver(op):
                    self.logs[name].append(op)
                case Known() | Refuse() | Unanswered() | Expose():
                    pass

    def send(self, name: str, to: str, message: Message) -> None:
        if (name, to) in self.under_way:
            self.under_way[name, to].append(encode(message))

    def step(self, name: str, to: str) -> None:
        """One message arrives."""
        waiting = self.under_way.get((name, to))
        if waiting:
            self.do(to, self.nodes[to].received(name, decode(waiting.popleft())))

    def settle(self) -> int:
        """Everything arrives; how many messages it took."""
        steps = 0
        while True:
            for name, node in self.nodes.items():
                self.do(name, node.announce())
            busy = [way for way, waiting in self.under_way.items() if waiting]
            if not busy:
                return steps
            for way in busy:
                steps += 1
                self.step(*way)
            assert steps < 20_000, "it does not end"

    def tree(self, name: str) -> dict[str, str]:
        node = self.nodes[name]
        return {
            path: head.content.digest
            for source, heads in node.heads.items()
            for path, head in layout(source, heads.values(), node.heads).items()
            if head.content is not None
        }
