"""Scenarios that do something to packets: skipped with the reason where that cannot be, and never without asking."""

from __future__ import annotations

from pathlib import Path

from tests.meta.child_run import NO_LOG, QUICK, suite
from tests.meta.conftest import Start

STORY = """Given Alice and Bob are syncing
    When Bob's network loses 50% of its packets
    And Alice sends 20 messages
    Then Bob should receive all 20 messages within 60 seconds"""
#: A library that stands for a machine without the tools.
NO_TOOLS = "from syncproof.faults.packets import sandbox\n\nsandbox._PATH = '/nowhere'\n"


def test_a_test_of_packets_says_so_by_a_tag(start: Start, tmp_path: Path) -> None:
    ended = start(*NO_LOG, *QUICK, suite(tmp_path, {"Untagged": STORY})).end()
    outcome = ended.tests["Untagged"]
    assert outcome.status == "FAIL"
    assert "was started without a network of its own" in outcome.message
    assert "A test that does something to packets has the tag 'kernel'." in outcome.message
    ended.check(status=1)


def test_where_packets_cannot_be_lost_the_test_is_skipped_before_it_starts(
    start: Start, tmp_path: Path
) -> None:
    (tmp_path / "NoTools.py").write_text(NO_TOOLS)
    settings = f"Library    {tmp_path / 'NoTools.py'}\nTest Tags    kernel    unscaled"
    other = """Given Alice and Bob are syncing
    When Alice sends 5 messages
    Then Bob should receive all 5 messages within 20 seconds"""
    tests = {"Packets": STORY, "Plain": f"[Tags]    -kernel\n{other}"}
    ended = start(*NO_LOG, *QUICK, suite(tmp_path, tests, settings=settings)).end()
    outcome = ended.tests["Packets"]
    assert outcome.status == "SKIP"
    assert outcome.message.startswith("Packets cannot be lost here: there is no program 'ip'")
    assert ended.tests["Plain"].status == "PASS", "a test that needs none is not skipped"
    assert [path.name.partition(".")[0] for path in (ended.output / "history").iterdir()] == ["written-plain"]
    assert '"scale":1.0' in ended.history("Plain"), "'unscaled' outweighs TIME_SCALE"
    ended.check(status=0)
