"""Variables of a run that nobody knows: one message, and the run stops before anything is started."""

from __future__ import annotations

import http.server
import importlib.metadata
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from robot.api import ExecutionResult
from tests.meta.child_run import NO_LOG, QUICK, ROOT, Ended, suite
from tests.meta.conftest import Start

#: One for each place that looks; tests/unit/kernel/test_setting.py has the values of every setting.
WRONG: dict[str, tuple[str, ...]] = {
    "SYSTEM:nonsense": ("SYSTEM is 'nonsense'. Known here: bundled",),
    "SYSTEM=matrix": (
        "There is a variable 'SYSTEM=matrix'. With robot and pabot it is '--variable SYSTEM:matrix'",
    ),
    "DEFECT:acknowledges_befor_comit": (
        "DEFECT is 'acknowledges_befor_comit'. Did you mean acknowledges_before_commit? docs/defects.md ",
    ),
    "AGENT_URL:http://127.0.0.1:1": (
        "AGENT_URL is for suites/agent only.",
        "describe your product in a file and say '--variable SYSTEM:path/to/product.toml' instead",
    ),
    "TOXIPROXY_URL:http://127.0.0.1:1": (
        "TOXIPROXY_URL is 'http://127.0.0.1:1'. No Toxiproxy server answers at http://127.0.0.1:1",
        "Start one, like 'toxiproxy-embedded -host 127.0.0.1 -port 8474', or correct the URL.",
    ),
}
SOME_DEFECT = "acknowledges_before_commit"
TESTS = {
    "First": "Given Alice and Bob are syncing",
    "Second": "Given Alice and Bob are syncing",
}


class Pages(http.server.BaseHTTPRequestHandler):
    """A web server that is no Toxiproxy: a page for everything, or whatever JSON."""

    def do_GET(self) -> None:
        body = b'{"up": true}' if self.path.startswith("/json") else b"<html>It works!</html>"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep quiet."""


@pytest.fixture(scope="module")
def web() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def runs(start_shared: Start, tmp_path_factory: pytest.TempPathFactory, web: str) -> dict[str, Ended]:
    path = suite(tmp_path_factory.mktemp("suite"), TESTS)
    ended: dict[str, Ended] = {}
    given = {each: each for each in WRONG}
    given |= {"a page": f"TOXIPROXY_URL:{web}", "other JSON": f"TOXIPROXY_URL:{web}/json"}
    names = list(given)
    for pair in (names[i : i + 4] for i in range(0, len(names), 4)):
        started = {name: start_shared(*NO_LOG, "--variable", given[name], path) for name in pair}
        ended |= {name: run.end() for name, run in started.items()}
    return ended


def check(ended: Ended, *words: str) -> None:
    ((title, first),) = ended.tests.items()
    assert (title, first.status) == ("First", "FAIL"), "it is told once, and no other test begins"
    for each in words:
        assert each in first.message, first.message
    assert len(first.message.splitlines()) == 1
    ended.check(status=1)
    assert not (ended.output / "history").exists()


@pytest.mark.parametrize("given", WRONG)
def test_a_value_that_nobody_knows_stops_the_run(runs: dict[str, Ended], given: str) -> None:
    check(runs[given], *WRONG[given])


@pytest.mark.parametrize("given", ["a page", "other JSON"])
def test_a_server_that_is_no_toxiproxy_stops_the_run(runs: dict[str, Ended], given: str, web: str) -> None:
    check(runs[given], "TOXIPROXY_URL is '", f"The server at {web}", "does not speak the Toxiproxy API")


def test_no_other_file_begins_either_and_pabot_says_it_once_a_file(
    start_shared: Start, tmp_path: Path
) -> None:
    folder = tmp_path / "several"
    for name in ("one", "two"):
        (folder / name).mkdir(parents=True)
        suite(folder / name, TESTS, name=name, settings="Suite Setup    Log To Console    It has begun.")
    given = ("--variable", "SYSTEM:nonsense", folder)
    runs = start_shared(*NO_LOG, *given), start_shared("--dryrun", *NO_LOG, *given)
    pabot = start_shared("--processes", "2", "--no-pabotlib", *given, program="pabot").end(120)
    for ended in [run.end() for run in runs]:
        check(ended, "SYSTEM is 'nonsense'. Known here: bundled")
        assert "It has begun." not in ended.console
    assert [each.message.startswith("SYSTEM is 'nonsense'.") for each in pabot.attempts] == [True, True]


#: Variables of the conformance suite, each with what stops it.
WRONG_AGENT = {
    "AGENT_URL=http://127.0.0.1:1": "it is '--variable AGENT_URL:http://127.0.0.1:1', with a colon",
    "AGENT_URL:http://127.0.0.1:1": (
        "AGENT_URL is 'http://127.0.0.1:1'. No agent answers there (connection refused). Start it, or correct the URL."
    ),
    "HOMESERVER_URL:http://127.0.0.1:1": "HOMESERVER_URL is for SYSTEM matrix or matrix-encrypted, "
    "and SYSTEM is 'bundled'.",
    "DEFECT:no_such": "DEFECT is 'no_such'. docs/defects.md lists all ",
}


def test_the_bundled_agents_are_not_judged_in_place_of_others(start_shared: Start) -> None:
    about = ROOT / "suites" / "agent" / "about.robot"
    runs = {given: start_shared(*NO_LOG, "--variable", given, about) for given in WRONG_AGENT}
    for given, run in runs.items():
        ended = run.end()
        (first,) = ended.tests.values()
        assert first.status == "FAIL"
        assert WRONG_AGENT[given] in first.message, first.message
        ended.check(status=1)


def test_a_misspelt_variable_is_told_once(start_shared: Start, tmp_path: Path) -> None:
    own = "*** Variables ***\n${SEEDS}    3\n"
    sent = "Given Alice and Bob are syncing\nWhen Alice sends 2 messages\n"
    received = "Then Bob should receive all 2 messages within 10 seconds"
    scenario = suite(tmp_path, dict.fromkeys(TESTS, sent + received), settings=own)
    about = ROOT / "suites" / "agent" / "about.robot"
    options = ("--variable", "SYSTM:matrix", "--variable", "timescale:0.1", "--variable", "MY_OWN:1")
    run = start_shared(*NO_LOG, *options, "--variable", "AGENT_ULR:x", scenario, about)

    ended = run.end()

    ended.check(status=0)
    assert sorted(ended.errors) == [
        "There is a variable 'AGENT_ULR', which nothing reads. Did you mean AGENT_URL?",
        "There is a variable 'SYSTM', which nothing reads. Did you mean SYSTEM?",
    ]


def ran_on(ended: Ended) -> dict[str, str]:
    """What the report says of each suite file."""
    suites = ExecutionResult(ended.output / "output.xml").suite
    return {each.name: each.metadata["Ran on"] for each in (suites, *suites.suites) if each.metadata}


def test_the_report_says_what_the_run_was_told_and_what_it_took(start_shared: Start, tmp_path: Path) -> None:
    told = (
        "TIME_SCALE:0.1",
        "SLACK:7",
        "NETWORK:degraded",
        f"DEFECT:{SOME_DEFECT}",
        "TIMELINE:all",
        "STACK:embedded",
    )
    options = [word for each in told for word in ("--variable", each)]
    path = suite(tmp_path, {"Meet": "Given Alice and Bob are syncing\nWhen Alice sends 1 message"})
    ended = start_shared(*NO_LOG, *options, path).end()
    (said,) = ran_on(ended).values()
    version = importlib.metadata.version("syncproof")
    assert re.fullmatch(
        rf"bundled {version} on embedded \(toxiproxy-embedded [\d.]+\), TIME_SCALE 0.1, NETWORK degraded, SLACK 17, "
        rf"SEED \d+, TIMELINE all, DEFECT {SOME_DEFECT}",
        said,
    )


def test_all_robots_of_a_pabot_have_one_seed_and_those_of_the_next_another(
    start_shared: Start, tmp_path: Path
) -> None:
    meet = {"Meet": "Given Alice and Bob are syncing\nWhen Alice sends 1 message"}
    files = [suite(tmp_path, meet, name=name) for name in ("one", "two")]
    options = ("--processes", "2", "--no-pabotlib", *QUICK, *files)
    runs = [start_shared(*options, program="pabot") for _ in range(2)]
    seeds = [{re.findall(r"SEED (\d+)", said)[0] for said in ran_on(run.end(120)).values()} for run in runs]
    assert [len(each) for each in seeds] == [1, 1]
    assert seeds[0] != seeds[1]
