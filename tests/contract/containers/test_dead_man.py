"""A run that is killed with -9 while packets of somebody's containers are dropped: they pass again, by themselves."""

from __future__ import annotations

import re
import subprocess
import sys
import time

import pytest
from tests.contract.containers.conftest import Make

from syncproof.faults.containers import ownership
from syncproof.faults.containers.engine import Engine
from syncproof.faults.containers.netadmin import HOW_TO_GET, IMAGE, NetAdmin

PARTITION = """
import sys
from syncproof.faults.containers.engine import Engine
from syncproof.faults.containers.partition import Partition
with Engine.connect() as engine:
    Partition(engine, [engine.container(sys.argv[1])], [engine.container(sys.argv[2])]).begin()
    print("begun", flush=True)
    sys.stdin.read()
"""
LOSS_AND_RATE = """
import sys, time
from syncproof.faults.containers.engine import Engine
from syncproof.faults.packets.faults import PacketLoss, PacketRate
from syncproof.faults.packets.rules import RandomLoss
from syncproof.faults.packets.sidecar import Sidecars
with Engine.connect() as engine:
    one, other, network, image = engine.container(sys.argv[1]), engine.container(sys.argv[2]), *sys.argv[3:]
    way = Sidecars(engine).path("one", one, other, network, image)
    PacketLoss([way], RandomLoss(0.5), "both", time.monotonic_ns).begin()
    PacketRate([way], 50_000, "both", time.monotonic_ns).begin()
    print("begun", flush=True)
    sys.stdin.read()
"""


def rules(admin: NetAdmin) -> set[str]:
    """All that is done to packets in a namespace.

    But for the length of an interface's queue, which the kernel sets with the first queue, and keeps.
    """
    asked = (["nft", "list", "ruleset"], ["tc", "qdisc", "show"], ["ip", "-d", "link", "show"])
    return {
        re.sub(r" (qlen \d+)?$", "", line) for each in asked for line in admin.run(each).stdout.splitlines()
    }


def changes(watching: list[NetAdmin], before: list[set[str]]) -> set[str]:
    """What is in the namespaces now and was not, and the other way round."""
    return {line for each, was in zip(watching, before, strict=True) for line in rules(each) ^ was}


@pytest.mark.parametrize("faults", [PARTITION, LOSS_AND_RATE], ids=["partition", "loss and rate"])
def test_faults_end_with_a_run_that_is_killed(engine: Engine, make: Make, network: str, faults: str) -> None:
    if not engine.has_image(IMAGE):
        pytest.skip(f"no image {IMAGE}. {HOW_TO_GET}")
    both = [make(network=network) for _ in range(2)]
    for each in both:
        each.start()
    watching = [NetAdmin(engine, each) for each in both]
    try:
        before = [rules(each) for each in watching]
        command = [sys.executable, "-c", faults, *(each.name for each in both), network, IMAGE]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as run:
            assert run.stdout is not None
            assert run.stdout.readline() == "begun\n"
            assert changes(watching, before)
            run.kill()
        until = time.monotonic() + 30
        while (left := changes(watching, before)) and time.monotonic() < until:
            time.sleep(0.1)
        assert not left
        while (of_the_run := engine.containers(f"{ownership.PID}={run.pid}")) and time.monotonic() < until:
            time.sleep(0.1)
        assert not of_the_run
    finally:
        for admin in watching:
            admin.end()
