"""`robot --dryrun` finds what is misspelt before anything is started."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.meta.child_run import NO_LOG, ROOT, Ended, suite
from tests.meta.conftest import Start

WRONG: dict[str, tuple[str, str]] = {
    "Misspelt device": ("Given Alice and Bbo are syncing", "There is no device 'Bbo'. Did you mean Bob?"),
    "Nobody like that": ("When Zoltan sends 3 messages", "There is no device 'Zoltan'. Devices: Alice, Bob,"),
    "One device twice": ("Given Bob and Bob are syncing", "'Bob and Bob' names a device twice."),
    "A rate for a duration": (
        "When Bob's network is restored after 3 KB/s",
        "'3 KB/s' is not a duration: 'KB/s' is not one of its units. Write it like '10 seconds'",
    ),
    "A duration for a rate": ("When Bob's bandwidth is limited to 10 ms", "'10 ms' is not a rate"),
    "No unit": ("When Bob's latency is set to 200", "'200' is not a duration: the unit is missing."),
    "A negative duration": ("When Bob's latency is set to -1 s", "it must not be negative"),
    "No number": ("When Bob sends many messages", "Argument 'count' got value 'many'"),
    "No pronoun": (
        "When Bob's network is cut after who has received 3 messages",
        "Or write one of he, she, it, they.",
    ),
    "Unknown sentence": ("When Bob buys 3 apples", "No keyword with name 'When Bob buys 3 apples' found."),
    "Nearly a sentence": (
        "When Bob's network gets cut",
        "No keyword with name 'When Bob's network gets cut' found. Did you mean '${device}'s network is cut'",
    ),
}
#: What a whole file shows: sentences, and the words about them.
STORIES: dict[str, tuple[str, str]] = {
    "A stranger": (
        "Given Alice and Bob are syncing\nWhen Carol sends 3 messages",
        "Carol takes no part in this scenario (devices here: Alice, Bob).",
    ),
    "A stranger inside a keyword": (
        "Given Alice and Bob are syncing\nWhen Somebody else sends",
        "Carol takes no part in this scenario (devices here: Alice, Bob).",
    ),
    "A stranger in a group": (
        "Given Alice and Bob are syncing\nGROUP    Others\nWhen Carol sends 3 messages\nEND",
        "Carol takes no part in this scenario (devices here: Alice, Bob).",
    ),
    "No first sentence": (
        "When Alice sends 3 messages",
        "Alice takes no part in this scenario (devices here: none yet).",
    ),
    "Nobody at all": ("When the relay is restarted after 2 seconds", "comes before any device takes part"),
    "Introduced twice": ("Given Alice and Bob are syncing\nAnd Alice and Bob are syncing", "introduced once"),
}
#: What only a run can tell.
RIGHT = {
    "Right": "Given Alice and Bob are syncing\nWhen Bob's latency is set to 200 ms",
    "Right by a keyword": "Given We are three\nWhen Carol sends 3 messages",
    "Right by a set-up": "[Setup]    We are three\nWhen Carol sends 3 messages",
    "One branch or the other": (
        "IF    True\nAlice and Bob are syncing\nELSE\nAlice and Carol are syncing\nEND\nWhen Carol sends 1 message"
    ),
    "In words of before": "Given Alice and Bob are syncing\nWhen Bob is installed anew",
    "One after the other": "FOR    ${x}    IN    Alice    Bob\n${x} sends 1 message\nEND",
}
KEYWORDS = """
*** Keywords ***
We are three
    Given Alice, Bob and Carol are syncing

Somebody else sends
    When Carol sends 3 messages
"""
#: A variable of a run, and what would stop it.
SETTINGS: dict[str, str] = {
    "TIME_SCALE:fast": "TIME_SCALE is 'fast': it must be a number from 0.01 to 100, like 0.1 (1 is real time).",
    "SYSTEM:nonsense": "SYSTEM is 'nonsense'. Known here: bundled",
    "SEED=4": "There is a variable 'SEED=4'.",
    "DEFECT:no_such": "DEFECT is 'no_such'. docs/defects.md lists all ",
    "AGENT_URL:http://127.0.0.1:1": "say '--variable SYSTEM:path/to/product.toml' instead",
}


@pytest.fixture(scope="module")
def ended(start_shared: Start, tmp_path_factory: pytest.TempPathFactory) -> Ended:
    tests = {title: step for title, (step, _) in (WRONG | STORIES).items()} | RIGHT
    path = suite(tmp_path_factory.mktemp("suite"), tests)
    path.write_text(path.read_text() + KEYWORDS)
    return start_shared("--dryrun", path).end()


@pytest.mark.parametrize("title", WRONG | STORIES)
def test_a_dry_run_says_what_is_wrong(ended: Ended, title: str) -> None:
    outcome = ended.tests[title]
    assert outcome.status == "FAIL"
    assert (WRONG | STORIES)[title][1] in outcome.message


def test_nothing_is_started_in_a_dry_run(ended: Ended) -> None:
    assert {title: ended.tests[title].status for title in RIGHT} == dict.fromkeys(RIGHT, "PASS")
    ended.check(status=len(WRONG | STORIES))
    assert ended.errors == ["'Bob is installed anew' is how it was said before. Write 'Bob is reinstalled'."]
    assert not (ended.output / "history").exists()


def test_a_wrong_value_fails_the_same_way_when_it_runs(start: Start, tmp_path: Path) -> None:
    step, words = WRONG["A rate for a duration"]
    ended = start(suite(tmp_path, {"Wrong": step})).end()
    assert words in ended.tests["Wrong"].message
    ended.check(status=1)


def test_a_dry_run_looks_at_the_variables_of_the_run(start_shared: Start, tmp_path: Path) -> None:
    path = suite(tmp_path, {"Right": RIGHT["Right"]})
    runs = {given: start_shared("--dryrun", *NO_LOG, "--variable", given, path) for given in SETTINGS}
    for given, run in runs.items():
        ended = run.end()
        assert ended.tests["Right"].status == "FAIL"
        assert SETTINGS[given] in ended.tests["Right"].message
        ended.check(status=1)


def test_a_dry_run_knows_the_nodes_of_the_product(start: Start, tmp_path: Path) -> None:
    given = "Given Alice and Bob are syncing\n"
    path = suite(
        tmp_path,
        {
            "There": f"{given}When the link between the relay 1 and the store is cut",
            "Not there": f"{given}When the stoer is killed after Bob has received 2 messages",
        },
    )
    product = ROOT / "tests" / "products" / "two_servers"
    ended = start("--dryrun", *NO_LOG, "--variable", f"SYSTEM:{product}", path).end()
    assert ended.tests["There"].status == "PASS"
    assert (
        "There is no node 'the stoer' in two-servers. Did you mean the store?"
        in ended.tests["Not there"].message
    )
    ended.check(status=1)


def test_a_dry_run_of_the_conformance_suite_does_so_too(start: Start) -> None:
    about = ROOT / "suites" / "agent" / "about.robot"
    given = ("--variable", "AGENT_URL_2:http://127.0.0.1:1", "--variable", "SYSTEM:bundled")
    ended = start("--dryrun", *NO_LOG, *given, about).end()
    assert {each.status for each in ended.tests.values()} == {"FAIL"}
    assert "there is no AGENT_URL: name the first agent as well" in next(iter(ended.tests.values())).message
