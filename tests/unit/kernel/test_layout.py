"""Nodes and links that sentences speak of: what a manifest alone shows to be missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from syncproof.kernel.demands import in_words, needs_of
from syncproof.kernel.layout import Layout
from syncproof.kernel.sentence import parse
from syncproof.kernel.story import first_impossible
from syncproof.systems.products import find

TWO = find(str(Path(__file__).parents[2] / "products" / "two_servers")).layout
ONE = find("bundled").layout
MEET = "Alice and Bob are syncing"


def said(sentence: str, layout: Layout) -> str:
    return first_impossible([parse(MEET), parse(sentence)], layout)


@pytest.mark.parametrize(
    "sentence",
    [
        "the store is killed after Bob has received 20 messages",
        "the relay 2 is restarted",
        "the relay 1 is paused",
        "the link between the relay 1 and the store is cut",
        "the link between the store and the relay 2 goes silent",
        "the latency of the link between Bob and the relay is set to 500 ms",
        "the bandwidth of the link between the relay 2 and Bob is limited to 10 KB/s",
        "all links are cut after Bob has received 20 messages",
    ],
)
def test_what_is_there(sentence: str) -> None:
    assert said(sentence, TWO) == ""


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        (
            "the stoer is killed after Bob has received 2 messages",
            "There is no node 'the stoer' in two-servers. Did you mean the store? "
            "Nodes that are no devices: the relay 1, the relay 2, the store.",
        ),
        ("the relay is paused", "There are 2 of the relay in two-servers: say the relay 1 or the relay 2."),
        (
            "the link between the relay 3 and the store is cut",
            "There is no node 'the relay 3' in two-servers. Did you mean the relay 2? "
            "Nodes that are no devices: the relay 1, the relay 2, the store.",
        ),
        (
            "the link between the relay 1 and the relay 2 is cut",
            "There is no link between the relay 1 and the relay 2 in two-servers. Links: every device and the relay; "
            "the relay 1 and the store; the relay 2 and the store.",
        ),
        (
            "the link between Bob and the store is cut",
            "There is no link between Bob and the store in two-servers. Links: every device and the relay; "
            "the relay 1 and the store; the relay 2 and the store.",
        ),
        (
            "the link between Dave and the relay is cut",
            "Dave takes no part in this scenario (devices here: Alice, Bob). "
            "Name Dave in its first sentence: 'Given Alice, Bob and Dave are syncing'.",
        ),
    ],
)
def test_what_is_not_there_is_named_with_what_is(sentence: str, wrong: str) -> None:
    assert said(sentence, TWO) == wrong


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        ("the relay is killed after Bob has received 2 messages", ""),
        ("the link between Bob and the relay is cut", ""),
        (
            "the store is killed",
            "There is no node 'the store' in bundled. Nodes that are no devices: the relay.",
        ),
    ],
)
def test_a_product_of_one_server(sentence: str, wrong: str) -> None:
    assert said(sentence, ONE) == wrong


def test_a_node_is_a_need_so_that_a_product_without_it_can_list_the_test_as_skipped() -> None:
    story = [
        parse(MEET),
        parse("the link between the relay and the store is cut"),
        parse("the relay is killed"),
    ]
    assert needs_of(story) == {"nodes:store": "the link between the relay and the store is cut"}
    assert in_words("nodes:store") == "a node that is called store (nodes:store)"
