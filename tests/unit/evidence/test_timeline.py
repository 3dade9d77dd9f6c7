"""The picture of a history."""

from __future__ import annotations

import random
import re
from pathlib import Path
from xml.etree import ElementTree

import drawsvg
import msgspec
import pytest
import robot
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.evidence.checker_cases.case import swapped
from tests.unit.evidence.histories import MS, Story, exchange, good_stories

from syncproof.evidence.history import History
from syncproof.evidence.records import Blob, Breaker, Catchup, Entry, Held, Note, Quarantined, Sibling
from syncproof.evidence.timeline import missing_table, render
from syncproof.evidence.timeline.axis import Axis
from syncproof.evidence.timeline.drawing import Labels, numbers
from syncproof.evidence.timeline.render import LEFT, RIGHT, WIDTH
from syncproof.evidence.timeline.style import DARK, LIGHT, STYLE

SVG = "{http://www.w3.org/2000/svg}"


def parsed(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)


def words(root: ElementTree.Element) -> list[str]:
    return [element.text or "" for element in root.iter(f"{SVG}text")]


def shapes(root: ElementTree.Element, *kinds: str) -> list[ElementTree.Element]:
    """Elements that have all these classes."""
    return [element for element in root.iter() if set(kinds) <= set((element.get("class") or "").split())]


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
    assert {"Alice", "Bob", "relay", "cut both ways", "kill", "restarted", "has all 4"} <= set(words(root))
    for kinds in (
        "sent",
        "got live",
        "got catchup",
        "marker local",
        "marker remote",
        "mark retry",
        "restart",
        "wire on-offline",
        "wire on-live",
        "flow",
    ):
        assert shapes(root, *kinds.split()), kinds
    assert len(shapes(root, "shade")) == 2
    told = "\n".join(titles(root))
    assert "retry 1 of pull in 500 ms (refused)" in told
    assert "Alice #4 held back until catch-up got there" in told
    assert "cut both ways on Bob from " in told
    assert "still on at the end" in told


def test_the_lanes_are_the_sender_the_relay_and_the_others() -> None:
    story = Story(("Alice", "Bob", "Carol"))
    story.send("Alice")
    root = parsed(render(story.history))
    names = [element.text for element in shapes(root, "who")]
    assert sorted(names, key=str) == ["Alice", "Bob", "Carol", "relay"]
    height = {element.text: float(element.get("y", "")) for element in shapes(root, "who")}
    assert height["Alice"] < height["relay"] < height["Bob"] < height["Carol"]


def test_a_system_without_any_relay_has_no_lane_for_one() -> None:
    story = Story()
    story.send("Alice", store=False)
    assert "relay" not in words(parsed(render(story.history)))


def test_a_fault_is_shaded_from_its_start_to_its_proved_end() -> None:
    story = Story()
    story.now = 0
    story.lines.clear()
    story.send("Alice")
    story.fault("start")
    for _ in range(10):
        story.wait(100)
        story.retry("Alice")
    story.fault("end")
    for _ in range(10):
        story.wait(100)
        story.retry("Alice")
    (fault,) = shapes(parsed(render(story.history)), "shade")
    left, width = float(fault.get("x", "")), float(fault.get("width", ""))
    whole = RIGHT - LEFT
    assert LEFT <= left < LEFT + 25  # what comes before the first message has a margin
    assert abs(width / whole - 0.5) < 0.02


def test_what_slows_down_is_told_from_what_stops() -> None:
    story = exchange(1)
    story.fault("start", kind="latency", requested="5000 ms")
    story.fault("start", kind="cut", fault_id="2")
    root = parsed(render(story.history))
    assert len(shapes(root, "fault", "slowed")) == len(shapes(root, "fault", "stopped")) == 1
    assert {"slowed down", "fault"} <= set(words(root))


def test_what_never_arrived_is_crossed_and_named() -> None:
    story = exchange(3)
    assert not shapes(parsed(render(story.history)), "lost")
    assert missing_table(story.history) == ""
    for _ in range(2):
        story.send("Alice")
        story.deliver("Alice")
    root = parsed(render(story.history))
    crosses = shapes(root, "lost")
    assert [words(cross) for cross in crosses] == [["#4"], ["#5"]]
    assert "Bob never got Alice #4, asked for at " in titles(crosses[0])[0]
    assert {"has 3 of 5", "2 missing", "never got"} <= set(words(root))
    table = missing_table(story.history)
    assert table.count("<tr>") == 3
    assert "<td>Alice #5</td><td>Bob</td>" in table


def test_the_table_says_where_the_relay_has_what_is_missing() -> None:
    story = exchange(2, export=False)
    story.send("Alice")
    story.export()
    assert "Relay" not in missing_table(History(story.lines[:-4]))
    assert "<td>number 3</td><td>a3</td>" in missing_table(story.history)
    story = exchange(2)
    story.send("Alice", ack=False)
    assert "<td>never</td><td>not in it</td>" in missing_table(story.history)


def test_a_long_table_ends_with_how_many_more_there_are() -> None:
    story = Story()
    for _ in range(25):
        story.send("Alice")
    table = missing_table(story.history)
    assert table.count("<tr>") == 22
    assert "... and 5 more" in table


def test_what_came_twice_and_what_came_late_is_marked() -> None:
    story = exchange(4)
    (entry,) = (found for found in story.history.deliveries("Bob") if found.op_id == "a2")
    story.lines.append(msgspec.structs.replace(entry, n=5, t_ns=story.now + MS))
    root = parsed(render(story.history))
    assert len(shapes(root, "mark", "twice")) == 2  # with the one in the legend
    assert "Bob got Alice #2 a second time" in "\n".join(titles(root))
    assert "1 twice" in words(root)
    story = exchange(4, export=False)
    story.lines = swapped("Bob", "a2", "a3")(story.lines)
    root = parsed(render(story.history))
    assert {"1 out of order", "#2"} <= set(words(root))
    assert "Alice #2 came behind a later one of its author" in "\n".join(titles(root))


def test_conflicts_attachments_pages_and_the_breaker_are_drawn() -> None:
    story = exchange(2)
    two = tuple(Sibling(version=version, digest="d") for version in ("v2", "v3"))
    story.add(Entry, device="Bob", group="g", entry="note", siblings=two, winner="v3")
    story.add(Entry, device="Bob", group="g", entry="note", siblings=two, winner="v3")
    story.wait(500)
    story.add(Note, device="Alice", what="conflict", fields={"entry": "note"})
    story.add(Blob, device="Bob", digest="d" * 64, state="downloading", size=9)
    story.add(Blob, device="Bob", digest="d" * 64, state="interrupted", offset=4, size=9)
    story.add(Blob, device="Bob", digest="d" * 64, state="complete", offset=9, size=9)
    story.add(Blob, device="Bob", digest="d" * 64, state="read", size=9)
    story.add(Quarantined, device="Bob", group="g", op_id="a1", version="1", reason="no key")
    story.connection("Bob", "catching_up")
    story.add(Catchup, device="Bob", group="g", state="page", got=5)
    story.add(Breaker, device="Bob", state="open", failures=50)
    story.wait(500)
    story.connection("Bob", "live")
    root = parsed(render(story.history))
    told = "\n".join(titles(root))
    assert "Alice #1 quarantined: it cannot be read (no key)" in told
    assert "read at byte" not in told, "what the harness read is no transfer"
    assert told.count("entry 'note' has 2 versions side by side, the winner is v3") == 1
    assert "conflict: entry note" in told
    assert "attachment dddddddddddd: interrupted at byte 4 of 9" in told
    assert "circuit breaker opened after 50 failures" in told
    for kinds in (
        "mark conflict",
        "mark alarm",
        "mark quarantined",
        "transfer interrupted",
        "transfer complete",
        "page",
    ):
        assert shapes(root, *kinds.split()), kinds


def test_a_message_tells_its_story_under_the_pointer() -> None:
    story = exchange(1)
    (message,) = shapes(parsed(render(story.history, origin_ns=story.lines[0].t_ns)), "flight")
    (told,) = titles(message)
    assert re.fullmatch(
        r"Alice #1  \(a1\)\nappend, 10 bytes, asked for at 0\.00\d s\n"
        r"acknowledged at 0\.\d+ s \(after \d+ ms\)\n"
        r"Alice got it at .*, live\)\nBob got it at 0\.\d+ s \(after \d+ ms, live\)",
        told,
    )


def test_what_a_restart_lost_is_said() -> None:
    story = exchange(2, export=False)
    story.restart("Bob", keep=1)
    told = "\n".join(titles(parsed(render(story.history))))
    assert re.search(r"Bob got it at .* and lost it again", told)


def test_the_steps_are_flags_and_the_failure_is_a_line() -> None:
    story = exchange(1)
    story.add(Note, what="step", fields={"sentence": "Alice sends 1 messages"})
    story.wait(1000)
    story.add(Note, what="step", fields={"sentence": "Bob has it"})
    story.add(Note, what="step", fields={"sentence": "Bob is happy"})
    root = parsed(render(story.history, failed_ns=story.now + 9 * 10**9))
    flags = shapes(root, "step")
    assert [words(flag) for flag in flags] == [["1"], ["2\u20133"]]
    assert "step 3 at " in titles(flags[1])[0]
    assert "Bob is happy" in titles(flags[1])[0]
    assert "failed" in words(root)
    assert "\u2026 9.0 s \u2026" in words(root)  # nothing happened any more: drawn short


def test_it_needs_nothing_from_outside() -> None:
    text = render(exchange().history)
    assert "<script" not in text
    assert re.findall(r"(?:\bhref|src|url\(|@import)", text) == []
    spaces = {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}  # names, not places
    assert set(re.findall(r'https?://[^"]*', text)) <= spaces
    assert "prefers-color-scheme:dark" in text
    assert '[data-theme="dark"]' in text
    assert '[data-theme="light"]' in text


def test_its_classes_are_not_those_of_the_log() -> None:
    """`.link` of log.html once hid what was meant to show a device's link."""
    folder = Path(robot.__file__).parent / "htmldata" / "rebot"
    css = "".join(re.sub(r"{[^}]*}", " ", path.read_text()) for path in folder.glob("*.css"))
    theirs = set(re.findall(r"\.([a-z][\w-]*)", css))
    ours = set(re.findall(r"\.([a-z][\w-]*)", re.sub(r"{[^}]*}", " ", STYLE)))
    assert len(theirs) > 20
    assert theirs & ours == set()


def test_every_colour_that_is_used_is_there_in_light_and_dark() -> None:
    used = set(re.findall(r"var\((--\w+)\)", STYLE))
    light, dark = (set(re.findall(r"(--\w+):", colours)) for colours in (LIGHT, DARK))
    assert used <= light
    assert light == dark


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
    assert len(text.encode()) < 400_000
    told = "\n".join(titles(parsed(text)))
    assert re.search(r"Alice #\d+ to #\d+ \(\d+ messages\)", told)
    assert re.search(r"Dave: \d+ of \d+, from", told)


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
            assert 0 <= float(element.get(name, 0)) <= WIDTH


def _axis(*seconds: float) -> Axis:
    return Axis.over([round(second * 1e9) for second in seconds], 0, 1000, 0)


def test_the_axis_labels_round_seconds() -> None:
    even = _axis(*(k / 2 for k in range(21)))
    assert [label for _, label in even.ticks()] == [f"{k} s" for k in range(11)]
    assert [label for _, label in _axis(*range(96)).ticks()][:3] == ["0 s", "10 s", "20 s"]
    assert _axis(5).ticks() != []


def test_the_axis_draws_a_long_silence_short() -> None:
    axis = _axis(0, 1, 2, 3, 23, 24)
    assert [stretch.quiet for stretch in axis.stretches] == [False, True, False]
    pause = axis.stretches[1]
    assert round(pause.right - pause.left) == 70
    assert axis.x(0) == 0
    assert axis.x(24 * 10**9) == axis.right == 1000
    assert axis.x(3 * 10**9) == pytest.approx(930 * 3 / 4, abs=0.1)
    assert axis.x(13 * 10**9) == pytest.approx((pause.left + pause.right) / 2, abs=0.1)
    assert "10 s" not in [label for _, label in axis.ticks()]


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=30))
def test_the_axis_goes_forward_only(times: list[int]) -> None:
    axis = Axis.over(times, 100, 1000)
    places = [axis.x(t_ns) for t_ns in sorted(times)]
    assert places == sorted(places)
    assert 100 <= places[0] <= places[-1] <= 1000
    ticks = [x for x, _ in axis.ticks()]
    assert ticks == sorted(ticks)


def test_labels_give_way_to_each_other() -> None:
    labels, parent = Labels(), drawsvg.Group()
    for x in (0, 5, 10, 100):
        labels.put(parent, x, 50, [1, 2, 3])
    placed = ElementTree.fromstring(drawing_of(parent))
    assert [element.get("y") for element in placed.iter(f"{SVG}text")] == ["50", "70", "50"]


def drawing_of(parent: drawsvg.Group) -> str:
    drawing = drawsvg.Drawing(200, 100)
    drawing.append(parent)
    return str(drawing.as_svg(header=""))


@pytest.mark.parametrize(
    ("found", "told"),
    [([4], "#4"), ([1, 2, 3, 7], "#1\u2013#3, #7"), ([9, 8], "#8\u2013#9")],
)
def test_numbers_are_told_as_ranges(found: list[int], told: str) -> None:
    assert numbers(found) == told
