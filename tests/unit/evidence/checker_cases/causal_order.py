from __future__ import annotations

from tests.unit.evidence.checker_cases.case import (
    Mutant,
    bad,
    empty,
    first_in_the_new_log,
    good,
    is_a,
    lines,
    reinstalled,
    repeated,
    swapped,
    told,
    unknown,
)
from tests.unit.evidence.histories import Story, change, delivery, drop, exchange

from syncproof.evidence.lines import Line
from syncproof.evidence.records import Accept, Deliver, Invoke

THREE = ("Alice", "Bob", "Carol")


def _answer(story: Story) -> None:
    """Alice asks; Bob answers when he has seen it; all get both in that order."""
    story.send("Alice")
    story.deliver("Bob")
    story.send("Bob")
    for device in story.devices:
        story.deliver(device)


def _unaware(story: Story) -> None:
    """Bob writes without having seen what Alice wrote."""
    story.send("Alice")
    story.send("Bob")
    for device in story.devices:
        story.deliver(device)


def _chain(story: Story) -> None:
    """Everyone answers the one before, twice round."""
    for author in THREE * 2:
        story.send(author)
        for device in THREE:
            story.deliver(device)


def _other_group(found: list[Line]) -> list[Line]:
    """What Bob had seen was said in another group, of which Carol is not."""
    return drop(
        change(found, lambda line: isinstance(line, (Invoke, Deliver)) and line.op_id == "a1", group="other"),
        delivery("Carol", "a1"),
    )


def _two_conversations(story: Story) -> None:
    """Bob has a message of each of two groups, and answers both."""
    for author in ("Alice", "Bob"):
        for _ in range(2):
            story.send(author)
        for device in story.devices:
            story.deliver(device)


def _in_two_groups(found: list[Line]) -> list[Line]:
    """The second message and the second answer are of another group; Carol gets what was first last."""
    second = change(
        found,
        lambda line: isinstance(line, (Invoke, Deliver)) and line.op_id in ("a2", "b2"),
        group="other",
    )
    return swapped("Carol", "a1", "b2")(second)


CASES = (
    bad(
        "in each of two groups",
        lines(_in_two_groups, told(_two_conversations, devices=THREE)),
        "Carol got 2 operations",
    ),
    unknown("empty", empty, "nothing was delivered"),
    unknown("nothing arrived", told(lambda s: s.send("Alice")), "nothing was delivered"),
    good("an exchange", exchange, "10 entries, none before its causes"),
    good("an answer", told(_answer)),
    bad(
        "the answer came before the question",
        lines(swapped("Carol", "a1", "b1"), told(_answer, devices=THREE)),
        "Carol got 1 operation before what the author had seen: Bob #1 before Alice #1",
        witness=("b1", "a1"),
    ),
    bad(
        "the question never came",
        lines(lambda f: drop(f, delivery("Carol", "a1")), told(_answer, devices=THREE)),
    ),
    good(
        "the answer never came",
        lines(lambda f: drop(f, delivery("Carol", "b1")), told(_answer, devices=THREE)),
    ),
    good("no answer, but a coincidence", lines(swapped("Carol", "a1", "b1"), told(_unaware, devices=THREE))),
    good(
        "an answer nobody took",
        lines(
            lambda f: drop(swapped("Carol", "a1", "b1")(f), is_a(Accept, op_id="b1")),
            told(_answer, devices=THREE),
        ),
    ),
    good(
        "what nobody asked for is another's business",
        lines(lambda f: drop(f, is_a(Invoke, op_id="a1")), told(_answer, devices=THREE)),
    ),
    good("in another group", lines(_other_group, told(_answer, devices=THREE))),
    good("a chain", told(_chain, devices=THREE)),
    bad(
        "the last link of a chain",
        lines(swapped("Alice", "b2", "c2"), told(_chain, devices=THREE)),
        "Alice got 1 operation",
        "Carol #2 before Bob #2",
    ),
    bad(
        "far apart in a chain",
        lines(swapped("Alice", "a1", "c2"), told(_chain, devices=THREE)),
        "Alice got 4 operations",
        "Bob #1 before Alice #1",
    ),
    good("twice is not early", lines(repeated(delivery("Bob", "a1")), told(_answer))),
    good("another device", lines(swapped("Carol", "a1", "b1"), told(_answer, devices=THREE)), device="Alice"),
    bad("this device", lines(swapped("Carol", "a1", "b1"), told(_answer, devices=THREE)), device="Carol"),
    good(
        "not promised",
        lines(swapped("Carol", "a1", "b1"), told(_answer, devices=THREE)),
        "not promised: the order is sender",
        order="sender",
    ),
    bad("promised", lines(swapped("Carol", "a1", "b1"), told(_answer, devices=THREE)), order="causal"),
    good(
        "a reinstalled device wrote before it knew what it had seen",
        lines(first_in_the_new_log("Bob", "b3"), told(reinstalled(lambda s: s.send("Bob")))),
    ),
    bad(
        "what a device had seen before it was reinstalled",
        lines(
            lambda f: swapped("Alice", "a1", "b2")(first_in_the_new_log("Bob", "b3")(f)),
            told(reinstalled(lambda s: s.send("Bob"))),
        ),
        "Bob #2 before Alice #1",
    ),
    bad(
        "what a device had seen since it was reinstalled",
        lines(
            swapped("Alice", "a2", "b3"),
            told(reinstalled(lambda s: s.send("Alice"), lambda s: s.deliver("Bob"), lambda s: s.send("Bob"))),
        ),
        "Bob #3 before Alice #2",
    ),
    bad(
        "more was seen than the author's log still has",
        lines(
            lambda f: change(swapped("Carol", "a1", "b1")(f), is_a(Accept, op_id="b1"), seen=99),
            told(_answer, devices=THREE),
        ),
    ),
)

MUTANTS: tuple[Mutant, ...] = (
    ("if not any(log.first for log in history.devices.values()):", "if False:"),
    ('order not in ("causal", "total")', 'order not in ("total",)'),
    ('order not in ("causal", "total")', "False"),
    ("if device not in (None, name):", "if False:"),
    ("if device not in (None, name):", "if device is not None:"),
    ("judged += len(log.first)", "judged = len(log.first)"),
    ("in [*early, cause]]", "in early]"),
    ("[NEVER] * (operations", "[0] * (operations"),
    ("range(len(log), 0, -1)", "range(1, len(log) + 1)"),
    ("numbers, strict=True), 1)", "numbers, strict=True), 0)"),
    ("numbers, strict=True), 1)", "numbers, strict=True), 2)"),
    ("past = pasts[key] = _Past()", "past = _Past()"),
    ("pasts.get((operation.device, ", "pasts.get(('Bob', "),
    ("history.installation_of(op_id), operation.group", "0, operation.group"),
    ("range(installation(log.incarnation) + 1)", "[installation(log.incarnation)]"),
    ("log.of_installation(installed).latest", "log.latest"),
    ("            if before:", "            if True:"),
    (", max))", ", min))"),
    ("if latest[before - 1] > places[effect]", "if latest[-1] > places[effect]"),
    ("if latest[before - 1] > places[effect]", "if latest[0] > places[effect]"),
    ("places[seen] == place)", "places[seen] != place)"),
    ("if logs[known] == logs[name]), None)", "if True), None)"),
    ("judgements[same or name]", "judgements[next(iter(judgements))]"),
    ("early += [effect", "early = [effect"),
)
