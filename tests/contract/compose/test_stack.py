"""Relay, Toxiproxy and devices in containers: who reaches whom, what outlives a kill, what is left at the end."""

from __future__ import annotations

import secrets
import signal
from pathlib import Path

import httpx
import pytest

from syncproof.faults.containers.engine import Engine
from syncproof.faults.containers.errors import ContainerError, NotHealthy
from syncproof.faults.containers.ownership import owned
from syncproof.systems.compose import ComposeStack
from syncproof.systems.compose import stack as stacks
from syncproof.systems.compose.program import ContainerProgram

#: The first test may have to build the image.
pytestmark = pytest.mark.timeout(400)

SECRET = secrets.token_hex(8)


def relay(stack: ComposeStack, directory: str = "/relay") -> ContainerProgram:
    config = {"directory": directory, "secret": SECRET, "settings": {}}
    return stack.spawn("relay", "syncproof_products.bundled.relay.main:run", config, role="server")


def device(stack: ComposeStack, name: str) -> ContainerProgram:
    config = {"device": name, "directory": f"/{name}", "secret": SECRET, "seed": 1, "settings": {}}
    return stack.spawn(name, "syncproof_products.bundled.agent.main:run", config, role="agent")


def address(program: ContainerProgram) -> str:
    return f"{program.ready['host']}:{program.ready['port']}"


def get(program: ContainerProgram, path: str) -> httpx.Response:
    return httpx.get(f"http://{address(program)}{path}", trust_env=False)


def connects(program: ContainerProgram, target: str) -> str:
    """What a program inside the container sees when it connects."""
    host, _, port = target.rpartition(":")
    attempt = (
        "import socket\n"
        f"try: socket.create_connection(('{host}', {port}), 2); print('connected')\n"
        "except OSError as wrong: print(type(wrong).__name__)"
    )
    return program.container.run(["python", "-c", attempt]).stdout.strip()


def test_a_device_reaches_the_relay_through_its_proxy_and_in_no_other_way(stack: ComposeStack) -> None:
    server, alice = relay(stack), device(stack, "alice")
    proxy = stack.toxiproxy.create_proxy("alice", upstream=address(server), listen=f"{stack.links_host}:0")
    host = proxy.listen.rpartition(":")[0]
    assert connects(alice, proxy.listen) == "connected"
    through = f"import urllib.request as u; print(u.urlopen('http://{proxy.listen}/health').read().decode())"
    assert alice.container.run(["python", "-c", through]).stdout.strip() == '{"status":"ok"}'
    stack.toxiproxy.disable("alice")
    assert connects(alice, proxy.listen) == "ConnectionRefusedError"
    # Its address, its name, its published port, and the relay's network by way of the proxy's container.
    assert connects(alice, address(server)) in ("TimeoutError", "OSError", "timeout")
    assert connects(alice, "relay:8080") == "gaierror"
    published = server.container.published(8080).rpartition(":")[2]
    gateways = [each["Gateway"] for each in alice.container.inspect()["NetworkSettings"]["Networks"].values()]
    for gateway in filter(None, gateways):
        assert connects(alice, f"{gateway}:{published}") != "connected"
    assert connects(alice, f"{host}:8080") == "ConnectionRefusedError"


def test_devices_do_not_reach_each_others_agents_by_the_control_network(stack: ComposeStack) -> None:
    alice, bob = device(stack, "alice"), device(stack, "bob")
    networks = bob.container.inspect()["NetworkSettings"]["Networks"]
    control = next(name for name in networks if name.endswith("-control"))
    assert connects(alice, f"{bob.container.address(control)}:8080") != "connected"


def test_nothing_of_ours_is_root_or_may_become_it(stack: ComposeStack) -> None:
    for program in (relay(stack), device(stack, "alice")):
        assert program.container.run(["id", "-u"]).stdout.strip() == "10001"
        status = program.container.run(["cat", "/proc/1/status"]).stdout
        assert "CapEff:\t0000000000000000" in status
        assert "NoNewPrivs:\t1" in status


def test_files_are_changed_behind_a_programs_back(stack: ComposeStack) -> None:
    storage = stack.storage(relay(stack), Path("/relay"))
    assert storage.read("note [1].txt") is None
    storage.write("note [1].txt", b"\x00 bytes \xff")
    assert storage.read("note [1].txt") == b"\x00 bytes \xff"
    assert storage.strays("note [1].txt") == []
    assert "/etc/hostname" in storage.strays("hostname")
    storage.remove("note [1].txt")
    assert storage.read("note [1].txt") is None


def test_killed_and_started_again_a_relay_keeps_its_data(stack: ComposeStack) -> None:
    server = relay(stack, "/kept")
    headers = {"Authorization": f"Bearer {SECRET}"}

    def registered() -> int:
        answer = httpx.post(
            f"http://{address(server)}/devices", json={"device": "x", "secret": SECRET}, trust_env=False
        )
        token = answer.json()["token"]
        url = f"http://{address(server)}/rooms/den"
        put = httpx.put(
            url, json={"members": ["x"]}, headers={"Authorization": f"Bearer {token}"}, trust_env=False
        )
        return put.status_code

    assert registered() == 200
    pid = server.pid
    assert server.kill() == -signal.SIGKILL
    assert not server.alive()
    again = relay(stack, "/kept")
    assert (again.alive(), server.alive()) == (True, False)
    assert again.pid != pid
    assert again.container is server.container
    log = httpx.get(
        f"http://{address(again)}/rooms/den/log?after=0&limit=9", headers=headers, trust_env=False
    )
    assert log.status_code == 200


def test_killed_and_started_again_a_device_knows_that_it_was(stack: ComposeStack) -> None:
    bob = device(stack, "bob-again")
    first = get(bob, "/status").json()["incarnation"]
    bob.kill()
    assert get(device(stack, "bob-again"), "/status").json()["incarnation"] == first + 1


def test_a_suspended_device_stands_still_and_goes_on(stack: ComposeStack) -> None:
    carol = device(stack, "carol")
    carol.suspend()
    assert carol.alive()
    with pytest.raises(httpx.TimeoutException):
        httpx.get(f"http://{address(carol)}/status", timeout=0.5, trust_env=False)
    carol.resume()
    assert get(carol, "/status").status_code == 200


def test_the_memory_of_a_device_is_measured_from_when_one_says(stack: ComposeStack) -> None:
    dave = device(stack, "dave")
    resident = stack.reset_peak(dave)
    assert 5_000_000 < resident <= stack.peak_bytes(dave) < 500_000_000


def test_the_processor_time_of_a_device_is_counted(stack: ComposeStack) -> None:
    assert 0.05 < stack.processor_time(device(stack, "dave")).used_s < 100


def test_a_program_that_cannot_start_says_why(stack: ComposeStack) -> None:
    config = {"device": "erin", "directory": "/erin", "secret": SECRET, "seed": 1, "settings": {"speed": 9}}
    with pytest.raises(ContainerError, match=r"before it was ready(?s:.*)unknown field `speed`"):
        stack.spawn("erin", "syncproof_products.bundled.agent.main:run", config, role="agent")


def test_a_program_that_never_gets_ready_is_told_with_its_last_words(
    stack: ComposeStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    ivan = device(stack, "ivan")
    monkeypatch.setattr(stacks, "_READY_S", 0.5)
    with pytest.raises(
        NotHealthy, match=r"-ivan' was not ready within 0.5 s. The last lines of its log:\n(?s:.*)8080"
    ):
        stack._until(ivan.container, lambda: False)


def test_the_log_of_a_program_is_a_file_when_somebody_asks(stack: ComposeStack) -> None:
    assert "serving" in relay(stack).log.read_text()


def test_the_log_of_a_device_outlives_it(stack: ComposeStack) -> None:
    grace = device(stack, "grace")
    stack.discard(grace)
    assert not grace.container.exists()
    assert grace.log.exists()


def test_what_a_suite_had_is_gone_with_it(engine: Engine, stack: ComposeStack) -> None:
    relay(stack)
    stack.discard(device(stack, "frank"))
    assert not any("frank" in each.name for each in owned(engine))
    names = [each.name for each in owned(engine)]
    assert names
    stack.close_suite()
    stack.close_suite()
    assert not owned(engine)
    mine = names[0].rsplit("-", 2)[0]
    assert not engine.client.networks.list(names=[mine])


def test_a_pulled_cable_takes_the_address_with_it_and_comes_back_with_another(stack: ComposeStack) -> None:
    server, heidi = relay(stack, "/cable"), device(stack, "heidi")
    proxy = stack.toxiproxy.create_proxy("heidi", upstream=address(server), listen=f"{stack.links_host}:0")
    cable = stack.cable(heidi)
    cable.pull()
    assert "no interface with" in (cable.seen_pulled() or "")
    assert get(heidi, "/status").status_code == 200  # its agent can still be asked
    assert cable.seen_working(proxy.listen) is None
    cable.plug_in()
    assert cable.seen_pulled() is not None
    said = cable.seen_working(proxy.listen) or ""
    now, _, before = said.partition(" (before: ")
    assert now.startswith(f"it reached {proxy.listen} from ")
    assert now.rpartition(" ")[2] != before.rstrip(")")
    assert not any("stranger" in each.name for each in owned(stack._engine))
