"""PacketsLibrary, run by a real `robot` on containers of the real engine."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.contract.containers.conftest import SERVE, Make
from tests.contract.containers.test_library import message, robot

from syncproof.faults.containers import ownership
from syncproof.faults.containers.engine import Engine
from syncproof.faults.containers.netadmin import HOW_TO_GET, IMAGE

HERE = Path(__file__).parent
#: A page of some 20 KB, so that it is more than a packet.
PAGE = [*SERVE[:-1], SERVE[-1].replace("print(", "open('index.html', 'w').write('x' * 20_000); print(")]


def test_every_keyword(engine: Engine, make: Make, network: str, tmp_path: Path) -> None:
    if not engine.has_image(IMAGE):
        pytest.skip(f"no image {IMAGE}. {HOW_TO_GET}")
    server, client, loner = make(PAGE, network=network), make(network=network), make()
    for each in (server, client, loner):
        each.start()
    flags = []
    for name, value in (
        ("SERVER", server.name),
        ("CLIENT", client.name),
        ("LONER", loner.name),
        ("NETWORK", network),
        ("ADDRESS", server.address(network)),
    ):
        flags += ["--variable", f"{name}:{value}"]
    before = {each.id for each in engine.containers(ownership.PID)}
    ran = robot(HERE / "packets.robot", tmp_path, *flags)
    assert ran.returncode == 0, ran.stdout
    assert "[ WARN ]" not in ran.stderr, ran.stderr
    beside = [each for each in engine.containers(ownership.PID) if each.id not in before]
    assert not [each.name for each in beside if server.id[:12] in each.name or client.id[:12] in each.name]


def test_a_wrong_unit_fails_before_anything_is_touched(tmp_path: Path) -> None:
    suite = tmp_path / "written.robot"
    suite.write_text(
        "*** Settings ***\nLibrary    PacketsLibrary\n*** Test Cases ***\nCase\n    Lose Packets    a    b    10 ms\n"
    )
    assert robot(suite, tmp_path, "--dryrun").returncode == 1
    assert "'10 ms' is not a percentage" in message(tmp_path)
