"""Programs of a manifest: how they are started, found, restarted, and what is said where they cannot be."""

from __future__ import annotations

import re
import socket

import httpx
import psutil
import pytest
from msgspec import structs
from tests.contract.agent.table import until
from tests.contract.systems.product import ABOUT, AGENT, PROGRAM, READY, Product

from syncproof.kernel.agent import About, AgentUnreachable, MalformedReply
from syncproof.kernel.server import ServerGone
from syncproof.processes import NotReady
from syncproof.systems import about
from syncproof.systems.elsewhere import NotOurs
from syncproof.systems.errors import SystemNotThere

SERVER = f'command = ["./program", "--port={{port}}"]\n{READY}'


def address(program: object) -> str:
    ready = program.ready  # type: ignore[attr-defined]
    return f"{ready['host']}:{ready['port']}"


def answers(program: object) -> bool:
    return httpx.get(f"http://{address(program)}/about", trust_env=False).status_code == 200


def test_a_device_gets_every_placeholder_and_runs_in_the_folder(product: Product) -> None:
    names = ("device", "directory", "server", "secret", "seed", "retry_s", "page")
    words = ", ".join(f'"{name}={{{name}}}"' for name in names)
    driver = product.driver(
        f'command = ["./program", "--port={{control_port}}", {words}]\nsettings = {{ retry_s = 2.0, page = 20 }}',
        scale=0.1,
    )
    device = product.device(driver, server="127.0.0.1:4711")
    assert answers(device)
    (start,) = product.starts
    assert start["folder"] == str(product.folder)
    assert start["argv"] == [
        f"--port={device.ready['port']}",
        "device=Alice-1",
        f"directory={product.directory / 'Alice'}",
        "server=127.0.0.1:4711",
        "secret=s3cret",
        "seed=42",
        "retry_s=0.2",
        "page=20",
    ]
    assert driver.agents_know_server


def test_the_environment_may_ask_for_them_as_well(product: Product) -> None:
    driver = product.driver('command = ["./program"]\nenv = { PORT = "{control_port}", SERVER = "{server}" }')
    assert answers(product.device(driver))
    assert driver.agents_know_server


def test_a_program_may_choose_its_port_and_say_it(product: Product) -> None:
    driver = product.driver('command = ["./program"]', f'command = ["./program"]\n{READY}')
    server = product.serve(driver)
    device = product.device(driver)
    assert answers(server.process)
    assert answers(device)
    assert not driver.agents_know_server


def test_a_server_gets_every_placeholder_and_keeps_port_and_directory_over_a_kill(product: Product) -> None:
    words = '"directory={directory}", "secret={secret}", "beat_s={beat_s}"'
    driver = product.driver(
        server=f'command = ["./program", "--port={{port}}", {words}]\n{READY}\nsettings = {{ beat_s = 5.0 }}'
    )
    server = product.serve(driver)
    before = server.address
    server.process.kill()
    server.start()
    assert server.address == before
    assert answers(server.process)
    first, second = (start["argv"] for start in product.starts)
    assert first == second
    assert first == [
        f"--port={before.rpartition(':')[2]}",
        f"directory={product.directory / 'server'}",
        f"secret={server.secret}",
        "beat_s=5.0",
    ]


def test_a_port_that_somebody_took_meanwhile_is_given_up_and_the_log_says_so(product: Product) -> None:
    server = product.serve(product.driver(server=SERVER))
    before = server.address
    server.process.kill()
    with socket.create_server(("127.0.0.1", int(before.rpartition(":")[2]))):
        server.start()
        assert server.address != before
        assert answers(server.process)
    port = before.rpartition(":")[2]
    assert f"syncproof: port {port} was taken; started on another one" in server.process.log.read_text()


def test_who_answers_on_a_taken_port_is_not_taken_for_the_program(product: Product) -> None:
    driver = product.driver(AGENT, SERVER)
    server, stranger = product.serve(driver), product.serve(driver)
    port = int(server.address.rpartition(":")[2])
    server.process.kill()
    stranger.process.kill()
    man_in_the_middle = product.launcher.wrap(
        "stranger", [str(product.folder / "program"), f"--port={port}"], directory=product.folder
    )
    try:
        while socket.socket().connect_ex(("127.0.0.1", port)) != 0:
            pass
        server.start()
        assert int(server.address.rpartition(":")[2]) != port
    finally:
        man_in_the_middle.kill()


WRAPPED = 'command = ["sh", "-c", "./program --port={port}; true"]\n' + READY


@pytest.mark.parametrize("fault", ["kill", "suspend"])
def test_a_fault_reaches_what_a_wrapper_has_started(product: Product, fault: str) -> None:
    """`npm start`, `go run .`: the program that listens is a child of the one that was started."""
    server = product.serve(product.driver(server=WRAPPED))
    listening = psutil.Process(int(str(product.starts[0]["pid"])))
    assert listening.pid != server.process.pid
    if fault == "kill":
        server.process.kill()
        listening.wait(10)
        server.start()
        assert answers(server.process)
    else:
        server.process.suspend()
        until(listening.status, lambda status: status == psutil.STATUS_STOPPED)
        server.process.resume()
        until(listening.status, lambda status: status != psutil.STATUS_STOPPED)
        assert answers(server.process)


@pytest.mark.parametrize(
    ("agent", "source", "said"),
    [
        ('command = ["./nothing"]', PROGRAM, "cannot run ./nothing: No such file or directory"),
        ('command = ["no-such-program"]', PROGRAM, "cannot run no-such-program: No such file or directory"),
        ('command = ["./program.py"]', PROGRAM, "cannot run ./program.py: Permission denied"),
        (
            AGENT,
            "raise SystemExit('no database')",
            "ended before it was ready (exit status 1). The last lines of",
        ),
        (AGENT, "import signal; signal.pause()", "did not answer at 127.0.0.1:"),
        (
            'command = ["./program"]',
            "print(7); import signal; signal.pause()",
            'did not say its port, {"port": N}',
        ),
    ],
)
def test_a_device_that_cannot_start_is_told_and_nothing_of_it_is_left(
    product: Product, agent: str, source: str, said: str
) -> None:
    product.program(source)
    driver = product.driver(f'{agent}\nready_within = "1 second"')
    with pytest.raises(NotReady, match=re.escape(said)) as told:
        product.device(driver)
    if "database" in source:
        assert "no database" in str(told.value)
    _, left = psutil.wait_procs(psutil.Process(product.launcher.pid).children(), timeout=10)
    assert left == []


def test_a_server_that_runs_already_is_looked_at_before_anything_else(product: Product) -> None:
    running = product.serve(product.driver(server=SERVER))
    server = product.serve(product.driver(server=f'address = "{running.address}"\n{READY}'))
    assert server.address == running.address
    with pytest.raises(
        NotOurs, match=r"was not started by this run.*Give .server. in mine's manifest a command"
    ):
        server.process.kill()
    server.stop()
    assert answers(running.process), "it is not ours to stop"
    running.process.kill()
    with pytest.raises(
        SystemNotThere, match=r"is to run at 127.0.0.1:.*does not answer there. Start it, or correct"
    ):
        product.serve(product.driver(server=f'address = "{running.address}"\n{READY}'))


def test_a_server_may_speak_what_it_likes_if_a_probe_is_given(product: Product) -> None:
    product.program(
        "import socketserver, sys\n"
        "class Echo(socketserver.StreamRequestHandler):\n"
        "    def handle(self):\n"
        "        for line in self.rfile: self.wfile.write(b'PONG\\n')\n"
        "port = int(sys.argv[1].partition('=')[2])\n"
        "socketserver.ThreadingTCPServer(('127.0.0.1', port), Echo).serve_forever()\n"
    )
    server = product.serve(
        product.driver(server='command = ["./program", "--port={port}"]\nprobe = "PING\\n"\nreply = "PONG"')
    )
    assert server.probe_request(200).request.count(b"PING") > 1


def test_agents_that_run_already_are_taken_one_after_the_other(product: Product) -> None:
    running = product.device(product.driver(AGENT))
    driver = product.driver(f'urls = ["http://{address(running)}"]')
    device = product.device(driver)
    assert address(device) == address(running)
    with pytest.raises(NotOurs, match=r"Give .agent. in mine's manifest a command instead of urls"):
        device.suspend()
    with pytest.raises(NotOurs, match=r"more devices than \[agent\] urls of mine names: 1\."):
        driver.start_device("Bob", product.directory / "Bob", "", 1)
    driver.discard(device, product.directory / "Alice")
    assert address(product.device(driver)) == address(running), "it was given back"
    assert answers(running)


def test_a_product_without_a_server_is_told(product: Product) -> None:
    with pytest.raises(SystemNotThere, match=r"mine has no \[server\] in its manifest"):
        product.serve(product.driver(AGENT))


def test_its_log_is_what_the_command_prints(product: Product) -> None:
    row = '{"op_id": "1", "version": "7", "author": "Alice", "digest": "d", "more": 1}'
    log = f"""[log]\ncommand = ["printf", '%s\\n{row}\\n']\n"""
    server = product.serve(product.driver(server=SERVER, more=log.replace("%s\\n", "")))
    (line,) = server.log("room")  # type: ignore[attr-defined]
    assert (line.op_id, line.version, line.server_order, line.author, line.digest) == (
        "1",
        "7",
        1,
        "Alice",
        "d",
    )
    assert server.log("room", after=1) == []  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ('["false"]', r"\[log\] command ended with 1"),
        ('["no-such-program"]', r"\[log\] command \(no-such-program\) did not print.*No such file"),
        ('["echo", "{group}"]', r"\[log\] command \(echo room\) did not print a JSON object"),
    ],
)
def test_a_log_that_cannot_be_read_is_told(product: Product, command: str, said: str) -> None:
    server = product.serve(product.driver(server=SERVER, more=f"[log]\ncommand = {command}\n"))
    with pytest.raises(ServerGone, match=said):
        server.log("room")  # type: ignore[attr-defined]


def described(product: Product, agent: str = AGENT) -> About:
    return about.ask(product.driver(agent), "embedded", lambda: product.directory / "described")


def test_what_an_agent_says_is_kept_until_a_file_of_its_folder_changes(product: Product) -> None:
    assert described(product).capabilities.order == "total"
    assert described(product).agent == "mine/1"
    assert len(product.starts) == 1
    product.program(about={**ABOUT, "agent": "mine/2.0"})
    assert described(product).agent == "mine/2.0"


def test_an_agent_that_declares_something_else_than_it_did_is_told_and_asked_again(product: Product) -> None:
    """Only a part of it lies in its folder: nothing there says that it has changed."""
    driver = product.driver(AGENT)
    kept = described(product)
    about.check(kept, kept.capabilities, driver, "embedded")
    now = structs.replace(kept, capabilities=structs.replace(kept.capabilities, outbox="durable"))
    with pytest.raises(
        SystemNotThere, match=r"of mine declares .*: outbox is durable, and was none\. Run again"
    ):
        about.check(now, kept.capabilities, driver, "embedded")
    assert described(product) == kept
    assert len(product.starts) == 2


def test_of_agents_that_run_already_nothing_is_kept(product: Product) -> None:
    running = product.device(product.driver(AGENT))
    urls = f'urls = ["http://{address(running)}"]'
    assert described(product, urls).agent == "mine/1"
    running.kill()
    with pytest.raises(
        AgentUnreachable, match=r"mine's agent at http://127.0.0.1:.*did not answer GET /about"
    ):
        described(product, urls)


@pytest.mark.parametrize(
    ("said_by_agent", "said"),
    [
        (
            "<html>",
            "mine's agent at .* answered GET /about with something that the agent protocol does not allow",
        ),
        ({**ABOUT, "protocol": "2"}, "mine's agent at .* speaks agent protocol '2'; this harness speaks '1'"),
        ({**ABOUT, "capabilities": {"order": "alphabetical"}}, "Invalid enum value 'alphabetical'"),
        ({"protocol": "1"}, "missing required field `agent`"),
    ],
)
def test_an_agent_that_does_not_speak_the_protocol_is_told(
    product: Product, said_by_agent: object, said: str
) -> None:
    product.program(about=said_by_agent)
    with pytest.raises(MalformedReply, match=said):
        described(product)
    with pytest.raises(psutil.NoSuchProcess):
        psutil.Process(int(str(product.starts[0]["pid"])))
