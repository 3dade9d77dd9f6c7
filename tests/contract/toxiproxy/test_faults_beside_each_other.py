"""Faults of one link that begin and end while another one is still looked for."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from tests.contract.toxiproxy.pages import link_to, pages

from syncproof.evidence import records
from syncproof.evidence.lines import Line
from syncproof.faults.link import ProxiedLink
from syncproof.faults.network import SlowLink, StarvedLink
from syncproof.faults.probe import SocketProber
from syncproof.faults.program import Suspended
from syncproof.faults.silent_link import SilentLink
from syncproof.faults.toxiproxy.client import Client
from syncproof.kernel.fault import Fault
from syncproof.kernel.faultbook import Entry, Faultbook
from syncproof.kernel.link import Exchange


@pytest.fixture
def link(client: Client) -> Iterator[ProxiedLink]:
    with pages() as upstream:
        yield link_to(client, upstream)


def slow(link: ProxiedLink) -> Fault:
    return SlowLink((link,), 0.2, "downstream")


def starved(link: ProxiedLink) -> Fault:
    return StarvedLink((link,), 50_000, "downstream")


@pytest.mark.timeout(60)
@pytest.mark.parametrize("other", [slow, starved])
def test_a_fault_ends_while_a_large_answer_is_under_way(
    link: ProxiedLink, other: Callable[[ProxiedLink], Fault]
) -> None:
    book = Faultbook(time.monotonic_ns, lambda _: None, 20_000_000_000)
    first = book.begin(other(link))
    # Its probe asks for more than sockets buffer, and nobody reads while the other one ends.
    second = book.begin(StarvedLink((link,), 3_000_000, "downstream"))
    time.sleep(0.3)
    began = time.monotonic()
    book.end(first)
    assert time.monotonic() - began < 5
    until = time.monotonic() + 15
    while second.state == "active" or first.state == "healing":
        assert time.monotonic() < until, (first, second)
        book.tick()
        time.sleep(0.005)
    book.end(second)
    while second.state != "ended":
        book.tick()


@pytest.mark.timeout(60)
def test_faults_end_one_after_the_other_before_they_were_proved(link: ProxiedLink) -> None:
    """A real Toxiproxy hangs when a toxic goes while a connection with data under way is being closed."""
    book = Faultbook(time.monotonic_ns, lambda _: None, 20_000_000_000)
    for _ in range(5):
        entries = [book.begin(starved(link)), book.begin(slow(link)), book.begin(starved(link))]
        time.sleep(0.1)
        for entry in entries:
            began = time.monotonic()
            book.end(entry)
            assert time.monotonic() - began < 5
        until = time.monotonic() + 15
        while book.healing:
            assert time.monotonic() < until
            book.tick()
            time.sleep(0.005)
    link.close()


class Relay:
    """An upstream that can stand still: a process that serves files."""

    def __init__(self) -> None:
        command = [
            sys.executable,
            "-u",
            "-m",
            "http.server",
            "0",
            "--bind",
            "127.0.0.1",
            "--protocol",
            "HTTP/1.1",
        ]
        self._running = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._running.stdout is not None
        self.address = f"127.0.0.1:{self._running.stdout.readline().split()[5]}"
        self.pid = self._running.pid
        self._process = psutil.Process(self.pid)

    def alive(self) -> bool:
        return self._running.poll() is None

    def kill(self) -> None:
        self._running.kill()
        self._running.communicate()

    def suspend(self) -> None:
        self._process.suspend()

    def resume(self) -> None:
        self._process.resume()


@pytest.fixture
def relay() -> Iterator[Relay]:
    relay = Relay()
    yield relay
    relay.kill()


@pytest.fixture
def link_to_relay(client: Client, relay: Relay) -> Iterator[ProxiedLink]:
    request = Exchange(b"GET / HTTP/1.1\r\nHost: r\r\n\r\n")
    prober = SocketProber(time.monotonic_ns)
    link = ProxiedLink("Bob", client, relay.address, lambda _: request, prober, leads_to="relay")
    yield link
    link.close()


def silent(link: ProxiedLink) -> Fault:
    return SilentLink((link,), "both")


def tick(book: Faultbook, done: Callable[[], bool], seconds: float) -> None:
    """Until it is done, or the time is over."""
    until = time.monotonic() + seconds
    while not done() and time.monotonic() < until:
        book.tick()
        time.sleep(0.005)


def state_of(entry: Entry) -> str:
    """How far it got by now."""
    return entry.state


def standing_still(book: Faultbook, relay: Relay) -> Entry:
    return book.begin(Suspended("relay", (), lambda: relay, "SIGSTOP"))


@pytest.mark.timeout(60)
@pytest.mark.parametrize("kind", [silent, slow])
def test_an_upstream_that_stands_still_proves_no_fault_of_the_link(
    link_to_relay: ProxiedLink, relay: Relay, kind: Callable[[ProxiedLink], Fault]
) -> None:
    lines: list[Line] = []
    book = Faultbook(time.monotonic_ns, lines.append, 20_000_000_000)
    stopped = standing_still(book, relay)
    fault = book.begin(kind(link_to_relay))
    tick(book, lambda: fault.state == "proved", 0.7)
    assert state_of(fault) == "active"
    book.end(stopped)
    tick(book, lambda: fault.state == "proved", 20)
    proofs = [line.proof for line in lines if isinstance(line, records.Fault) and line.edge == "proved"]
    assert state_of(fault) == "proved"
    took_ms = float(proofs[-1].split()[-2])
    assert took_ms < 700, "what was asked while it stood still counts for nothing"
    book.end(fault)
    tick(book, lambda: fault.state == "ended", 20)
    assert state_of(fault) == "ended"


@pytest.mark.timeout(60)
def test_a_relay_that_hangs_by_itself_proves_no_silent_link(
    link_to_relay: ProxiedLink, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody has said that it stands still, and the link lets everything through."""
    monkeypatch.setattr(link_to_relay, "add", lambda *_, **__: "nothing")
    book = Faultbook(time.monotonic_ns, lambda _: None, 20_000_000_000)
    relay.suspend()
    fault = book.begin(silent(link_to_relay))
    tick(book, lambda: fault.state == "proved", 1.5)
    relay.resume()
    tick(book, lambda: fault.state == "proved", 1.5)
    assert state_of(fault) == "active"


@pytest.mark.timeout(60)
def test_a_link_that_is_well_again_is_waited_for_while_its_upstream_stands_still(
    link_to_relay: ProxiedLink, relay: Relay
) -> None:
    book = Faultbook(time.monotonic_ns, lambda _: None, 300_000_000)
    fault = book.begin(silent(link_to_relay))
    tick(book, lambda: fault.state == "proved", 20)
    stopped = standing_still(book, relay)
    book.end(fault)
    tick(book, lambda: False, 0.6)
    assert state_of(fault) == "healing"
    book.end(stopped)
    tick(book, lambda: fault.state == "ended", 20)
    assert state_of(fault) == "ended"


def test_a_link_that_is_cut_finds_its_port_free_again(link_to_relay: ProxiedLink) -> None:
    """The kernel gives ports to connections and to listeners that ask for any: of another range than this."""
    first_that_is_given, _ = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()
    port = int(link_to_relay.address.rpartition(":")[2])
    assert port < int(first_that_is_given)
    link_to_relay.cut()
    link_to_relay.restore()
    assert link_to_relay.address.endswith(f":{port}")
