"""What is in a container: commands, files, what it uses and may use."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.contract.containers.conftest import Make

from syncproof.faults.containers import limits
from syncproof.faults.containers.container import Container
from syncproof.faults.containers.engine import Engine
from syncproof.faults.containers.errors import ContainerError, UnknownContainer, WrongState
from syncproof.faults.containers.limits import Limits


def test_a_command_answers_with_both_streams_and_its_status(served: Container) -> None:
    answer = served.run(["sh", "-c", "echo out; echo err >&2; exit 7"])
    assert (answer.status, answer.stdout, answer.stderr) == (7, "out\n", "err\n")


def test_a_command_as_somebody_else(served: Container) -> None:
    assert served.run(["id", "-u"], user="1234").stdout == "1234\n"


def test_a_command_in_one_that_does_not_run(make: Make) -> None:
    with pytest.raises(WrongState, match="not running"):
        make().run(["true"])


def test_files_go_in_and_out(served: Container, tmp_path: Path) -> None:
    (tmp_path / "folder" / "deep").mkdir(parents=True)
    (tmp_path / "folder" / "deep" / "data").write_bytes(bytes(range(256)) * 1000)
    served.copy_in(tmp_path / "folder", "/tmp/there")
    served.copy_out("/tmp/there", tmp_path / "back")
    assert (tmp_path / "back" / "deep" / "data").read_bytes() == bytes(range(256)) * 1000
    served.copy_out("/tmp/there/deep/data", tmp_path / "new" / "copy")
    assert (tmp_path / "new" / "copy").stat().st_size == 256_000


def test_files_go_into_one_that_was_never_started(make: Make) -> None:
    container = make(["cat", "/etc/greeting"])
    container.put_text("good morning", "/etc/greeting")
    container.start()
    container.wait_ended(10)
    assert container.logs() == "good morning"


def test_places_that_are_none(served: Container, tmp_path: Path) -> None:
    with pytest.raises(ContainerError, match="whole path"):
        served.put_text("", "tmp/x")
    with pytest.raises(ContainerError, match="cannot be copied: No such file"):
        served.copy_in(tmp_path / "absent", "/tmp/x")
    with pytest.raises(UnknownContainer, match="copy '/absent' out of"):
        served.copy_out("/absent", tmp_path / "x")


def test_what_it_uses(served: Container) -> None:
    served.run(["python", "-c", "sum(range(5_000_000))"])
    usage = served.usage()
    assert usage.memory > 1_000_000
    assert usage.memory_limit > usage.memory
    assert usage.cpu_s > 0.05
    assert usage.pids >= 1


def test_one_that_does_not_run_uses_nothing(make: Make) -> None:
    with pytest.raises(WrongState, match="does not run"):
        make().usage()


def test_memory_is_limited_and_given_back(engine: Engine, served: Container) -> None:
    hog = ["python", "-c", "x = b'x' * 200_000_000; print(len(x))"]
    before = limits.read(served)
    assert before == Limits()
    limits.change(engine, served, Limits(memory=64_000_000))
    assert limits.read(served).memory == 64_000_000
    assert served.run(hog).status != 0
    limits.restore(engine, served, before)
    assert served.run(hog).stdout == "200000000\n"


def test_processors_are_limited_and_given_back(engine: Engine, served: Container) -> None:
    timed = [
        "python",
        "-c",
        "import time as t; b=t.time(); c=t.process_time\nwhile c() < .1: pass\nprint(t.time()-b)",
    ]
    limits.change(engine, served, Limits(cpus=0.1))
    assert limits.read(served).cpus == pytest.approx(0.1)
    assert float(served.run(timed).stdout) > 0.5
    limits.restore(engine, served, Limits())
    assert limits.read(served).cpus is None
    assert served.run(["cat", "/sys/fs/cgroup/cpu/cpu.cfs_quota_us"]).stdout.strip() in ("-1", "")


def test_processes_are_limited_and_given_back(engine: Engine, served: Container) -> None:
    many = ["sh", "-c", "for i in $(seq 60); do sleep 1 & done; wait"]
    limits.change(engine, served, Limits(pids=40))  # room for the threads of what starts it
    assert "fork" in served.run(many).stderr
    limits.restore(engine, served, Limits())
    assert served.run(many).stderr == ""


def test_limits_that_cannot_be(engine: Engine, served: Container) -> None:
    with pytest.raises(ContainerError, match="too few"):
        limits.change(engine, served, Limits(memory=1000))
    with pytest.raises(ContainerError, match="too few"):
        limits.change(engine, served, Limits(cpus=0.0))
