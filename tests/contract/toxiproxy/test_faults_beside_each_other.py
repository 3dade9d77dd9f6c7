"""Faults of one link that begin and end while another one is still looked for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from tests.contract.toxiproxy.pages import link_to, pages

from syncproof.faults.link import ProxiedLink
from syncproof.faults.network import SlowLink, StarvedLink
from syncproof.faults.toxiproxy.client import Client
from syncproof.kernel.fault import Fault
from syncproof.kernel.faultbook import Faultbook


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
