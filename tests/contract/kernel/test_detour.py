"""A device that walks around its link comes through a cut unharmed, and so has shown nothing."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator

import pytest
from tests.contract.kernel.conftest import Begin, histories
from tests.meta.child_run import ROOT

from syncproof.kernel.setting import Settings
from syncproof.systems.declared import SLACK, SYSTEM, TIME_SCALE
from syncproof.systems.test_bed import TestBed as Bed

EXAMPLE = ROOT / "docs" / "examples" / "minimal"
#: The server writes down where it listens, and devices connect there, whatever link they are given.
CHANGES = {
    "server.py": (
        '    print(json.dumps({"port": server.server_port}), flush=True)\n',
        '    Path("listens").write_text(f"127.0.0.1:{server.server_port}")\n',
    ),
    "agent.py": ("HTTPConnection(self.link, timeout", 'HTTPConnection(Path("listens").read_text(), timeout'),
}


@pytest.fixture
def test_bed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bed]:
    folder = tmp_path_factory.mktemp("product") / "minimal"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file, (line, instead) in CHANGES.items():
        source = (folder / file).read_text()
        assert source.count(line) == 1
        (folder / file).write_text(source.replace(line, instead))
    settings = Settings({SYSTEM: str(folder), TIME_SCALE: 0.1, SLACK: 15.0})
    with contextlib.closing(Bed(settings, histories(tmp_path_factory.mktemp("history")))) as opened:
        yield opened


def test_who_gets_news_while_it_is_cut_off_makes_the_test_inconclusive(begin: Begin, test_bed: Bed) -> None:
    scenario = begin(test_bed)
    scenario.tell(
        "Alice and Bob are syncing",
        "Bob's network is cut",
        "Alice sends 20 messages over 10 seconds",
        "Bob's network is restored after 15 seconds",
        "Bob should receive all 20 messages within 30 seconds",
    )
    problem = scenario.end()
    assert "inconclusive: Bob does not use its link: it got Alice #" in problem
