"""The product of docs/examples/minimal, by its manifest alone: it loses nothing, and a lossy copy of it is caught."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from tests.contract.agent.table import until
from tests.meta.child_run import NO_LOG, ROOT, Ended
from tests.meta.conftest import Start

EXAMPLE = ROOT / "docs" / "examples" / "minimal"
SUITES = ROOT / "suites"
#: As the quick pass: a tenth of the time, and patience for a busy machine.
QUICK = (*NO_LOG, "--variable", "TIME_SCALE:0.1", "--variable", "SLACK:15")
CLEAN = [SUITES / "catchup" / "normal_network.robot", SUITES / "resilience" / "network_interruption.robot"]
KILLS = SUITES / "lifecycle" / "restart_in_mid_sync.robot"

pytestmark = pytest.mark.timeout(300)


def judged(start: Start, system: Path, *options: str | Path) -> Ended:
    """A run of suites on a product; nothing of it may be left."""
    ended = start(*QUICK, "--variable", f"SYSTEM:{system}", *options).end(240)
    assert (ended.left, ended.temporary) == ((), ()), ended.console
    return ended


def changed(folder: Path, file: str, line: str, instead: str) -> Path:
    """A copy of the product, one line of which is another."""
    copy = folder / "minimal"
    shutil.copytree(EXAMPLE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    source = (copy / file).read_text()
    assert source.count(line) == 1
    (copy / file).write_text(source.replace(line, instead))
    return copy


def test_it_loses_nothing_through_a_cut_and_kills(start: Start) -> None:
    tests = ("Two devices*", "Network interruption*", "The receiver is killed*", "The sender is killed*")
    ended = judged(start, EXAMPLE, *(word for test in tests for word in ("--test", test)), *CLEAN, KILLS)
    assert {test.status for test in ended.tests.values()} == {"PASS"}, ended.console
    assert len(ended.tests) == len(tests)
    assert all('"system":"minimal"' in file.read_text() for file in (ended.output / "history").iterdir())


def test_what_it_cannot_do_is_skipped_with_the_reason(start: Start) -> None:
    """It has no list of its skips: it may skip whatever its agent does not declare."""
    ended = judged(
        start,
        EXAMPLE,
        SUITES / "catchup" / "wake_from_standby.robot",
        SUITES / "conflict" / "rapid_edits.robot",
    )
    assert {test.status for test in ended.tests.values()} == {"SKIP"}
    assert all(
        re.match(
            r"The system minimal does not declare what this test needs: '.*' needs .* \(\w", test.message
        )
        for test in ended.tests.values()
    )


@pytest.mark.parametrize(
    ("file", "line", "instead", "suite", "said"),
    [
        (
            "agent.py",
            'self.numbers.get(op["group"], 0) + 1:',
            'self.numbers.get(op["group"], 0) + (path == "live"):',
            CLEAN[1],
            "expected Bob to receive",
        ),
        ("agent.py", 'if line["op"]["op_id"] not in self.acked]', "if False]", KILLS, "Missing ("),
        (
            "server.py",
            "if key not in self.numbers:",
            "if True:",
            SUITES / "resilience" / "lost_replies.robot",
            "twice",
        ),
    ],
    ids=["skips what it catches up on", "forgets its outbox in a kill", "stores what is sent again again"],
)
def test_one_line_that_loses_or_doubles_is_caught(
    start: Start, tmp_path: Path, file: str, line: str, instead: str, suite: Path, said: str
) -> None:
    # One scenario of each suite: what is lost is waited for until its deadline.
    scenario = ("--test", "The sender is killed*") if suite == KILLS else ()
    ended = judged(start, changed(tmp_path, file, line, instead), "--variable", "SLACK:5", *scenario, suite)
    failed = [test.message for test in ended.tests.values() if test.status == "FAIL"]
    assert any(said in message for message in failed), ended.console


# That it conforms, whole, shows tests/contract/cli/test_new.py: of a copy under another name.
@pytest.mark.parametrize(
    ("line", "broken", "caught_by"),
    [
        ('elif known["op"] != operation:', "elif False:", "Other content under the same id is refused"),
        (
            '"seq": len(self.events) + 1',
            '"seq": len(self.events) * 2 + 1',
            "Events are numbered without a gap",
        ),
        (
            "device.delivered.read[after : after + limit]",
            "device.delivered.read[after:]",
            "Pages neither skip nor repeat",
        ),
        ('(404, "unknown_group"', '(400, "invalid"', "An operation in an unknown group is refused"),
        (
            "        device.taken.append(known)\n",
            "",
            "An operation accepted without a connection survives a kill",
        ),
        ('sum("start" in line for line in self.told.read)', "1", "Every start counts"),
    ],
)
def test_a_broken_agent_is_caught(
    start: Start, tmp_path: Path, line: str, broken: str, caught_by: str
) -> None:
    system = changed(tmp_path, "agent.py", line, broken)
    ended = judged(start, system, "--test", caught_by, "--variable", "PATIENCE:2 seconds", SUITES / "agent")
    assert {name: test.status for name, test in ended.tests.items()} == {caught_by: "FAIL"}, ended.console


@pytest.fixture
def ports(tmp_path: Path) -> Iterator[dict[str, int]]:
    """A server and two agents that somebody has started by hand: where each listens."""
    started = []
    programs = {
        "server": ["server.py"],
        "Alice": ["agent.py", "--device", "Alice"],
        "Bob": ["agent.py", "--device", "Bob"],
    }
    try:
        for name, (program, *words) in programs.items():
            with (tmp_path / f"{name}.log").open("w") as log:
                argv = ["python3", str(EXAMPLE / program), "--data", str(tmp_path / name), *words]
                started.append(psutil.Popen(argv, stdout=log, stderr=log))
        said = {
            name: until((tmp_path / f"{name}.log").read_text, lambda text: "port" in text)
            for name in programs
        }
        yield {name: int(json.loads(line)["port"]) for name, line in said.items()}
        assert all(process.is_running() for process in started), "they are not the run's to end"
    finally:
        for process in started:
            process.kill()
            process.wait()


def test_what_runs_already_is_used_and_left_alone(
    start: Start, tmp_path: Path, ports: dict[str, int]
) -> None:
    """By address and URLs: messages flow through a cut; what needs a process is skipped, and says so."""
    (tmp_path / "product.toml").write_text(
        f'name = "running"\n[server]\naddress = "127.0.0.1:{ports["server"]}"\nready = "http://{{address}}/health"\n'
        f'[agent]\nurls = ["http://127.0.0.1:{ports["Alice"]}", "http://127.0.0.1:{ports["Bob"]}"]\n'
    )
    ended = judged(start, tmp_path, *CLEAN, KILLS, SUITES / "lifecycle" / "relay_standstill.robot")
    passed = {name for name, test in ended.tests.items() if test.status == "PASS"}
    assert passed == {"Two devices exchange 100 messages each way", "Network interruption during sync"}, (
        ended.console
    )
    reasons = {
        test.message.partition(" at ")[0] for name, test in ended.tests.items() if test.status == "SKIP"
    }
    assert len(ended.tests) == len(passed) + 5
    assert {"The agent", "The server"} < reasons

    ended = judged(start, tmp_path, SUITES / "agent" / "restart.robot", SUITES / "agent" / "deliveries.robot")
    assert not [name for name, test in ended.tests.items() if test.status == "FAIL"], ended.console
    assert ended.tests["What one agent sends the other delivers"].status == "PASS"
    assert "Give [agent] in running's manifest a command" in ended.tests["Every start counts"].message


def test_the_conformance_suite_takes_urls_as_well(start: Start, ports: dict[str, int]) -> None:
    variables = {
        "AGENT_URL": f"http://127.0.0.1:{ports['Alice']}",
        "AGENT_URL_2": f"http://127.0.0.1:{ports['Bob']}",
        "RELAY_ADDRESS": f"127.0.0.1:{ports['server']}",
    }
    given = [word for name, value in variables.items() for word in ("--variable", f"{name}:{value}")]
    ended = start(*NO_LOG, *given, SUITES / "agent" / "deliveries.robot").end()
    assert {test.status for test in ended.tests.values()} == {"PASS"}, ended.console
