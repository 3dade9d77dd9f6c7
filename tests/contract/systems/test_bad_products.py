"""A product that cannot be used, as whoever runs it sees that: one message, the run stops, nothing is left."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.meta.child_run import NO_LOG, ROOT, Ended
from tests.meta.conftest import Start, runs_in

NO_SERVER = """
name = "mine"
[agent]
command = ["python3", "{example}/agent.py", "--device={device}", "--data={directory}"]
"""
SERVER = """
[server]
command = ["python3", "{example}/server.py", "--port={port}", "--data={directory}"]
ready = "http://127.0.0.1:{port}/health"
"""
WRONG = {
    "a misspelt key": (
        NO_SERVER.replace("command", "comand"),
        "[agent] has an unknown key `comand`. Did you mean `command`?",
    ),
    "an unknown placeholder": (
        NO_SERVER.replace("{device}", "{name}"),
        "[agent] command has the placeholder {name}.",
    ),
    "no such program": (
        NO_SERVER.replace("python3", "no-such-python"),
        "cannot run no-such-python: No such file or directory",
    ),
    "it ends at once": (
        NO_SERVER.replace("--device", "--devise"),
        "'Alice' ended before it was ready (exit status 2).",
    ),
    "it never answers": (
        'name = "mine"\n[agent]\ncommand = ["sleep", "60"]\nready_within = "1 second"\n',
        "'Alice' did not say its port, {\"port\": N} as a line of its own, within 1 s.",
    ),
    "no server": (NO_SERVER, "mine has no [server] in its manifest."),
    "its server ends at once": (
        NO_SERVER + SERVER.replace("--data", "--dta"),
        "'relay' ended before it was ready (exit status 2).",
    ),
}
SUITE = ROOT / "suites" / "catchup" / "offline_from_the_start.robot"


@pytest.fixture(scope="module")
def ends(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Ended]]:
    with runs_in(tmp_path_factory) as start:
        runs = {}
        for what, (manifest, _) in WRONG.items():
            folder = tmp_path_factory.mktemp("product")
            example = ROOT / "docs" / "examples" / "minimal"
            (folder / "product.toml").write_text(manifest.replace("{example}", str(example)))
            runs[what] = start(*NO_LOG, "--variable", f"SYSTEM:{folder}", SUITE)
        yield {what: run.end(90) for what, run in runs.items()}


@pytest.mark.timeout(200)
@pytest.mark.parametrize("what", WRONG)
def test_one_message_says_what_is_wrong_and_nothing_is_left(ends: dict[str, Ended], what: str) -> None:
    ended = ends[what]
    ended.check(1)
    (first,) = ended.tests.values()
    assert WRONG[what][1] in first.message


def test_the_conformance_suite_says_the_same(start: Start, tmp_path: Path) -> None:
    (tmp_path / "product.toml").write_text(WRONG["a misspelt key"][0])
    ended = start(
        *NO_LOG, "--variable", f"SYSTEM:{tmp_path}", ROOT / "suites" / "agent" / "about.robot"
    ).end()
    ended.check(1)
    assert WRONG["a misspelt key"][1] in next(iter(ended.tests.values())).message
