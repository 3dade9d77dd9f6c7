"""What a scenario needs, drawn from its sentences; and what a system that cannot do it makes of the test."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from tests.unit.kernel.agent_suite import lacking
from tests.unit.stories import by_identity

from syncproof.kernel.agent import Capabilities
from syncproof.kernel.demands import in_words, left_out, meets, needs_of
from syncproof.kernel.profile import Profile
from syncproof.kernel.sentence import Sentence, parse, vocabulary
from syncproof.keywords import skips
from syncproof.processes.errors import NotReady
from syncproof.registry import needs_of_workloads
from syncproof.report.skips import may_skip, rows
from syncproof.systems.describing import described_by
from syncproof.systems.errors import SystemNotThere
from syncproof.systems.products import find, known

ALL = Capabilities(order="total", outbox="durable", conflicts="siblings", blobs="separate", range=True, awaits=True,
                   marker=True, clock=True, pause=True, operator=True, breaker=True, request_log=True,
                   quota=True, collects=True, breaker_settings=True, server_log=True, other_client=True,
                   verification=True, history=True, leave=True, p2p=True, simulation=True)  # fmt: skip
ALL = msgspec.structs.replace(ALL, workloads=("messages", "tasks", "channels", "application", "files", "orders"),
                               settings=("workers", "outbox_limit", "max_event_bytes", "memory_mb", "retry_jitter_s",
                                         "retry_jitter", "fanout", "doubts", "message_s"),
                               clients=("command_line", "mcp_http", "mcp_stdio", "two_faced", "crowd"),
                               server_settings=("breaker_failures", "mcp", "rate_limit", "blob_ttl_s"))  # fmt: skip
ALL = msgspec.structs.replace(ALL, quality=True, http=True, encrypted_groups=True,
                              folders=("parts", "rules", "transfers", "undo", "votes", "websockets",
                                       "work"))  # fmt: skip


def story(*sentences: str) -> list[Sentence]:
    return [parse(sentence) for sentence in sentences]


@pytest.mark.parametrize(
    ("sentences", "needs"),
    [
        (["Alice and Bob are syncing", "Alice sends 5 messages"], []),
        (["Bob falls asleep", "Bob wakes up 60 seconds later"], ["pause", "clock"]),
        (["Bob's marker should reach message 5 within 5 seconds"], ["marker"]),
        (["all devices should hold the same messages in the same order"], ["order:total"]),
        (["Alice sends 5 messages with attachments of 20 KB"], ["blobs"]),
        (["Alice goes offline", "Alice sends 5 messages"], ["outbox:memory"]),
        (["Alice goes offline", "Bob sends 5 messages"], []),
        (["Alice goes offline", "Alice comes online", "Alice sends 5 messages"], []),
        (["Alice goes offline", "Alice sends 5 messages", "Alice is killed"], ["outbox:memory", "outbox:durable"]),
        (["Alice sends 5 messages", "Alice is killed"], ["outbox:durable"]),
        (["Alice sends 5 messages", "Bob is killed"], []),
        (["Alice sends 5 messages", "Bob is killed when he has received 2 messages"], []),
        (["Alice and Bob go offline", 'Bob deletes entry "list"'], ["conflicts:lww", "outbox:memory"]),
        (["Alice and Bob go offline", "Alice and Bob come online", 'Bob deletes entry "list"'], ["conflicts:lww"]),
        (["Alice goes offline", "Alice is killed"], []),
        (["Bob's connections break off after 4 KB", "Bob should have all attachments within 5 seconds"],
         ["blobs", "range"]),
        (["Bob's connections break off after 4 KB", "Bob's network is restored after 5 seconds",
          "Bob should have all attachments within 5 seconds"], ["blobs"]),
        (["Alice's connections break off after 4 KB", "Bob should have all attachments within 5 seconds"], ["blobs"]),
    ],
)  # fmt: skip
def test_the_story_says_what_it_needs(sentences: list[str], needs: list[str]) -> None:
    assert [need for need in needs_of(story(*sentences)) if need != "workloads:messages"] == needs


def test_a_sentence_needs_what_its_workload_says() -> None:
    assert needs_of(story("Alice and Bob are syncing", "Alice sends 5 messages")) == {
        "workloads:messages": "Alice sends 5 messages"
    }
    assert meets(Capabilities(), "workloads:messages")
    assert not meets(Capabilities(workloads=("tasks",)), "workloads:messages")
    assert in_words("workloads:messages") == "devices with messages (workloads:messages)"


@pytest.mark.parametrize(
    ("need", "declared", "met"),
    [
        ("marker", Capabilities(marker=True), True),
        ("marker", Capabilities(), False),
        ("blobs", Capabilities(blobs="inline"), True),
        ("blobs", Capabilities(blobs="none"), False),
        ("outbox:memory", Capabilities(outbox="durable"), True),
        ("outbox:durable", Capabilities(outbox="memory"), False),
        ("order:sender", Capabilities(order="causal"), True),
        ("order:total", Capabilities(order="causal"), False),
        ("conflicts:siblings", Capabilities(conflicts="lww"), False),
        ("conflicts:siblings", Capabilities(conflicts="siblings"), True),
    ],
)
def test_a_need_is_met_by_as_much_or_more(need: str, declared: Capabilities, met: bool) -> None:
    assert meets(declared, need) is met


@pytest.mark.parametrize("kind", vocabulary(), ids=lambda kind: kind.__name__)
def test_every_need_of_a_sentence_is_a_capability(kind: type[Sentence]) -> None:
    for need in kind.needs:
        assert meets(ALL, need)
        assert in_words(need) != need


def test_a_listed_skip_is_skipped_and_another_one_fails(tmp_path: Path) -> None:
    (tmp_path / "skipped.csv").write_text("variant,stack,test,why\n,embedded,a.robot::Listed,needs pause\n")
    product = msgspec.structs.replace(find("bundled"), folder=tmp_path)
    sleep = story("Bob falls asleep")
    nothing = Capabilities()

    sends = story("Alice sends 5 messages")
    assert skips.refusal("a.robot::Listed", sends, product, "embedded", nothing) is None
    listed = skips.refusal("a.robot::Listed", sleep, product, "embedded", nothing)
    assert listed is not None
    assert listed[0] == "Skip"
    assert "'Bob falls asleep' needs a pipeline that can be stopped (pause)" in listed[1]
    other = skips.refusal("a.robot::Other", sleep, product, "embedded", nothing)
    assert other is not None
    assert other[0] == "Fail"
    assert "add the line: ,embedded,a.robot::Other,needs pause" in other[1]


def test_what_a_workload_needs_that_a_product_does_not_offer_is_skipped_without_a_list(
    tmp_path: Path,
) -> None:
    (tmp_path / "skipped.csv").write_text("variant,stack,test,why\n")
    product = msgspec.structs.replace(find("bundled"), folder=tmp_path, workloads=("messages",))
    watched = story("Alice and Bob are syncing", "Alice closes her application")
    nothing = Capabilities(workloads=())
    said = skips.refusal("a.robot::Closed", watched, product, "embedded", nothing)
    assert said is not None
    assert said[0] == "Skip"
    assert "\n" not in said[1]
    assert said[1].endswith("needs devices with application (workloads:application).")
    # What it says that it offers, it has to offer.
    lost = skips.refusal("a.robot::Sends", story("Alice sends 5 messages"), product, "embedded", nothing)
    assert lost is not None
    assert lost[0] == "Fail"


def test_a_product_that_names_no_workloads_leaves_none_out() -> None:
    assert left_out(None, ["workloads:tasks"]) == []
    assert left_out((), ["marker", "workloads:tasks"]) == ["workloads:tasks"]
    assert left_out(("tasks",), ["marker", "workloads:tasks"]) == []


@pytest.fixture(scope="module", params=known())
def described(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Profile:
    """What the product's agent says of itself."""
    try:
        return described_by(request.param, tmp_path_factory.mktemp("described"))
    except (SystemNotThere, NotReady) as missing:
        pytest.skip(f"{request.param} is not installed here: {missing}")


def test_what_a_system_cannot_do_is_listed(described: Profile) -> None:
    product = find(described.system)
    said = [
        skips.refusal(name, skips.steps_of(test), product, "embedded", described.capabilities)
        for name, test in by_identity().items()
    ]
    assert [
        text for answer in said if answer is not None and (text := answer[1]) and answer[0] != "Skip"
    ] == []


def test_what_an_agent_cannot_do_is_listed(described: Profile) -> None:
    """Of the suite that asks the agent itself."""
    product = find(described.system)
    assert {
        name: why
        for name, test in by_identity().items()
        if name.startswith("suites/agent/")
        and (why := lacking(test, described.capabilities))
        and not may_skip(product, "embedded", name, ())
    } == {}


def test_a_manifest_names_the_workloads_that_a_system_has(described: Profile) -> None:
    offered = [
        name
        for name, needs in needs_of_workloads().items()
        if all(meets(described.capabilities, need) for need in needs)
    ]
    assert sorted(find(described.system).workloads or ()) == offered


def test_every_listed_skip_is_needed(described: Profile) -> None:
    product = find(described.system)
    for row in rows(product) or []:
        of_the_run = row.why.startswith(("needs the package", "needs an agent on another platform"))
        if row.variant not in ("", product.variant) or of_the_run:
            continue
        # What is described here is embedded; an image has the usual client alone, see systems/about.py.
        can = described.capabilities
        if row.stack == "compose":
            can = msgspec.structs.replace(can, clients=())
        named = {name: test for name, test in by_identity().items() if row.speaks_of(name)}
        skipped = [
            name
            for name, test in named.items()
            if {"docker", "kernel", "disk"} & set(test.tags)
            or skips.refusal(name, skips.steps_of(test), product, row.stack or "embedded", can)
            or lacking(test, can)
        ]
        assert skipped, f"{row.test} is listed and can run"
