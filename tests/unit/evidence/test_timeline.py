"""The picture of a history."""

from __future__ import annotations

import random
import re
from xml.etree import ElementTree

from hypothesis import given, settings
from tests.unit.evidence.histories import Story, exchange, good_stories

from syncproof.evidence.history import History
from syncproof.evidence.records import Held
from syncproof.evidence.timeline import render
from syncproof.evidence.timeline.axis import Axis

SVG = "{http://www.w3.org/2000/svg}"


def parsed(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)


def words(root: ElementTree.Element) -> list[str]:
    return [element.text or "" for element in root.iter(f"{SVG}text")]


def shapes(root: ElementTree.Element, kind: str) -> list[ElementTree.Element]:
    return [element for element in root.iter() if element.get("class") == kind]


def titles(root: ElementTree.Element) -> list[str]:
    return [element.text or "" for element in root.iter(f"{SVG}title")]


def test_every_part_is_drawn() -> None:
    story = exchange(3)
    story.fault("start", requested="both ways")
    story.fault("proved")
    story.retry("Bob")
    story.send("Alice")
    story.add(Held, device="Bob", group="g", op_id="a4", version="4")
    story.connection("Bob", "offline")
    story.wait(500)
    story.fault("end")
    story.connection("Bob", "live")
    story.deliver("Bob", path="catchup")
    story.fault("start", on=("relay",), kind="kill", fault_id="2")
    story.restart("Bob")
    root = parsed(render(story.history))
    assert {"Alice", "Bob", "relay", "cut both ways", "kill", "restarted", "4 delivered"} <= set(words(root))
    for kind in (
        "sent",
        "live",
        "catchup",
        "local",
        "remote",
        "retry",
        "restart",
        "on-offline",
        "on-live",
        "flow",
    ):
        assert shapes(root, kind), kind
    assert len(shapes(root, "fault")) == 2
    told = titles(root)
    assert "retry 1 of pull in 500 ms (refused)" in told
    assert "Alice #4 held back until catch-up got there" in told
    assert any(title.startswith("cut both ways on Bob from ") for title in told)
    assert any(title.endswith("never ended") for title in told)


def test_a_fault_is_shaded_from_its_start_to_its_proved_end() -> None:
    story = Story()
    story.now = 0
    story.lines.clear()
    story.send("Alice")
    story.fault("start")
    story.wait(1000)
    story.fault("end")
    story.wait(1000)
    story.send("Alice")
    (fault,) = shapes(parsed(render(story.history)), "fault")
    left, width = float(fault.get("x", "")), float(fault.get("width", ""))
    whole = 1000 - 12 - 110
    assert 110 <= left < 115
    assert abs(width / whole - 0.5) < 0.01


def test_what_never_arrived_is_marked() -> None:
    story = exchange(3)
    assert not [
        path for path in shapes(parsed(render(story.history)), "missing") if path.get("d", "").count("v")
    ]
    story.send("Alice")
    story.deliver("Alice")
    (lacking,) = (p for p in shapes(parsed(render(story.history)), "missing") if p.get("d", "").count("v"))
    assert lacking.get("d", "").count("M") == 1


def test_it_needs_nothing_from_outside() -> None:
    text = render(exchange().history)
    assert "<script" not in text
    assert re.findall(r"(?:href|src|url\(|@import)", text) == []
    assert re.findall(r'https?://[^"]*', text) == ["http://www.w3.org/2000/svg"]
    assert "prefers-color-scheme:dark" in text
    assert '[data-theme="dark"]' in text
    assert '[data-theme="light"]' in text


def test_thousands_of_messages_stay_small() -> None:
    story = Story(("Alice", "Bob", "Carol", "Dave"))
    chance = random.Random(1)
    for _ in range(3000):
        story.send(chance.choice(story.devices))
        for device in story.devices:
            story.retry(device)
            if chance.random() < 0.3:
                story.deliver(device)
    for device in story.devices:
        story.deliver(device)
    text = render(story.history)
    assert len(text.encode()) < 200_000
    bundled = [title for title in titles(parsed(text)) if re.fullmatch(r"\d+ from \w+ to \w+", title)]
    assert bundled


def test_names_are_text_and_not_markup() -> None:
    story = Story(("<b>", "Bob"))
    story.send("<b>")
    story.deliver("Bob")
    text = render(story.history)
    assert "<b>" not in text
    assert "<b>" in words(parsed(text))


def test_nothing_recorded_is_said() -> None:
    assert words(parsed(render(History()))) == ["Nothing was recorded."]


@given(good_stories())
@settings(max_examples=40, deadline=None)
def test_it_is_well_formed_and_stays_within_its_frame(story: Story) -> None:
    root = parsed(render(story.history))
    for element in root.iter():
        for name in ("x", "x1", "x2", "cx"):
            assert 0 <= float(element.get(name, 0)) <= 1000


def test_the_axis_labels_round_seconds() -> None:
    assert [label for _, label in Axis(0, 10**10, 0, 100).ticks()] == [f"{k} s" for k in range(11)]
    assert [label for _, label in Axis(0, 95 * 10**9, 0, 100).ticks()][:3] == ["0 s", "10 s", "20 s"]
    assert Axis(5, 5, 0, 100).ticks() == [(0.0, "0 s")]
