"""A container's life: started, stopped, killed, frozen, restarted, healthy or not."""

from __future__ import annotations

import socket
import time
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from docker.errors import APIError
from docker.models.containers import Container as SdkContainer
from tests.contract.containers.conftest import HEALTHY, Make, unique

from syncproof.faults.containers import engine as engines
from syncproof.faults.containers.container import Container
from syncproof.faults.containers.engine import Engine
from syncproof.faults.containers.errors import (
    ContainerError,
    ImageMissing,
    NameTaken,
    NoEngine,
    NotHealthy,
    PortTaken,
    UnknownContainer,
    WrongState,
)


def until(said: str, container: Container) -> None:
    deadline = time.monotonic() + 20
    while said not in container.logs():
        assert time.monotonic() < deadline, container.logs()
        time.sleep(0.02)


def test_it_stops_as_its_program_wants_to(served: Container) -> None:
    until("serving", served)
    assert served.state() == "running"
    served.stop(5)
    assert (served.state(), served.exit_status()) == ("exited", 0)


def test_a_kill_is_a_kill(served: Container) -> None:
    pid = served.pid()
    assert pid > 0
    served.kill()
    assert served.wait_ended(10) == 128 + 9
    assert served.pid() == 0


def test_any_signal_can_be_sent(served: Container) -> None:
    until("serving", served)
    served.kill("SIGTERM")
    assert served.wait_ended(10) == 0


def test_a_signal_that_is_none(served: Container) -> None:
    with pytest.raises(WrongState, match="'SIGNIFICANT' is no signal"):
        served.kill("SIGNIFICANT")


def test_killed_and_started_again_it_keeps_its_files(served: Container) -> None:
    served.put_text("still here", "/tmp/note")
    served.kill()
    served.wait_ended(10)
    served.start()
    assert served.run(["cat", "/tmp/note"]).stdout == "still here"


def test_a_paused_one_stands_still(served: Container) -> None:
    served.pause()
    assert served.state() == "paused"
    assert served.exit_status() is None
    with pytest.raises(WrongState, match=r"run 'true' in the container .* paused"):
        served.run(["true"])
    with pytest.raises(WrongState, match="pause"):
        served.pause()
    served.unpause()
    assert served.run(["true"]).status == 0
    with pytest.raises(WrongState, match="unpause"):
        served.unpause()


#: Each process makes another one and ends, so that whoever freezes them finds one that it has not seen.
BUSY = [
    "python",
    "-c",
    "import os, signal\n"
    "for _ in range(4):\n"
    "    if not os.fork():\n"
    "        while True:\n"
    "            if os.fork():\n"
    "                os._exit(0)\n"
    "print('busy', flush=True)\n"
    "signal.pause()\n",
]


def test_one_whose_processes_are_busy_stands_still_too(make: Make) -> None:
    container = make(BUSY, init=True)
    container.start()
    until("busy", container)
    for _ in range(5):
        container.pause()
        assert container.state() == "paused"
        container.unpause()


def frozen_after(times: int) -> tuple[Container, list[None]]:
    """One of an engine whose freezer gives up so many times, and all that it was asked."""
    asked: list[None] = []

    def pause() -> None:
        asked.append(None)
        if len(asked) <= times:
            raise APIError("500", explanation="OCI runtime pause failed: unable to freeze: unknown")

    sdk = SimpleNamespace(id="1", name="busy", pause=pause)
    return Container(cast("SdkContainer", sdk)), asked


def test_a_freezer_that_gives_up_is_asked_again() -> None:
    container, asked = frozen_after(3)
    container.pause()
    assert len(asked) == 4


def test_a_freezer_that_never_succeeds_is_told_with_how_often_it_was_asked() -> None:
    container, asked = frozen_after(1000)
    with pytest.raises(
        ContainerError, match=r"'busy', which was asked for \d+ times within 0.3 s: .*unable to"
    ):
        container.pause(0.3)
    assert 1 < len(asked) < 10


def test_a_restart_is_another_process(served: Container) -> None:
    before = served.pid()
    served.restart(1)
    assert served.state() == "running"
    assert served.pid() != before


def test_healthy_means_its_own_check_passes(make: Make) -> None:
    container = make(healthcheck=HEALTHY)
    container.start()
    container.wait_healthy(30)


def test_one_that_never_gets_healthy_is_told_with_its_last_words(make: Make) -> None:
    check = {**HEALTHY, "test": ["CMD", "python", "-c", "raise SystemExit('no disk')"], "retries": 1}
    container = make(healthcheck=check)
    container.start()
    until("serving", container)
    with pytest.raises(NotHealthy) as told:
        container.wait_healthy(1)
    message = str(told.value)
    assert container.name in message
    assert "after 1 s" in message
    assert "The last lines of its log:\n    serving" in message


def test_one_that_ends_instead_of_getting_healthy(make: Make) -> None:
    container = make(["sh", "-c", "echo cannot open database; exit 3"], healthcheck=HEALTHY)
    container.start()
    with pytest.raises(
        NotHealthy, match=r"ended \(exit status 3\) before it was healthy(?s:.*)cannot open database"
    ):
        container.wait_healthy(20)


def test_one_without_a_check_cannot_be_healthy(served: Container) -> None:
    with pytest.raises(NotHealthy, match="has no health check"):
        served.wait_healthy(1)


def test_the_log_and_its_end(make: Make) -> None:
    container = make(["sh", "-c", "for i in 1 2 3; do echo line $i; done; echo oops >&2"])
    container.start()
    container.wait_ended(10)
    assert "line 1\n" in container.logs()
    assert container.logs(1) in ("oops\n", "line 3\n")


def test_an_engine_that_is_not_there() -> None:
    with pytest.raises(
        NoEngine, match=r"No Docker Engine answers at unix:///nowhere/docker.sock: there is no such"
    ):
        Engine.connect("unix:///nowhere/docker.sock")


def test_an_engine_where_nobody_listens() -> None:
    with pytest.raises(NoEngine, match=r"tcp://127.0.0.1:9: nobody listens there"):
        Engine.connect("tcp://127.0.0.1:9")


def test_an_engine_that_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "_KNOCK_S", 1)
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / "docker.sock"))
        silent.listen()
        with pytest.raises(
            NoEngine, match=r"No Docker Engine answers at .*: it took the question, and gave no"
        ):
            Engine.connect(f"unix://{tmp_path}/docker.sock")


def test_a_container_that_is_not_there(engine: Engine, served: Container) -> None:
    with pytest.raises(UnknownContainer) as told:
        engine.container(f"{served.name}-of-nobody")
    _, _, like = str(told.value).partition("Those most like it are: ")
    assert served.name in like


def test_an_image_that_is_not_there(engine: Engine) -> None:
    with pytest.raises(ImageMissing, match=r"syncproof/absent:1.*Pull or build"):
        engine.create(unique("c"), "syncproof/absent:1", ["true"])
    with pytest.raises(ImageMissing, match=r"'syncproof/absent:1' is missing at .*Say please"):
        engine.require_image("syncproof/absent:1", "Say please.")


def test_a_port_that_is_taken(make: Make) -> None:
    first = make(ports={"8000/tcp": ("127.0.0.1", None)})
    first.start()
    port = int(first.published(8000).rpartition(":")[2])
    second = make(ports={"8000/tcp": ("127.0.0.1", port)})
    with pytest.raises(PortTaken, match=f"start the container '{second.name}'.*{port}.*Choose another port"):
        second.start()


def test_a_port_that_is_not_published(served: Container) -> None:
    with pytest.raises(WrongState, match="does not publish its port 8000"):
        served.published(8000)


def test_a_name_that_an_earlier_run_left(make: Make) -> None:
    first = make()
    with pytest.raises(NameTaken, match=r"removed only half.*docker rm -f"):
        make(name=first.name)


def test_removing_twice(make: Make) -> None:
    container = make()
    container.remove()
    container.remove()
    assert not container.exists()
    with pytest.raises(ContainerError):
        container.start()
