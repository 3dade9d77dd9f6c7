"""Each way of the man in the middle gets past all parts of a device but one, and that one stops it."""

from __future__ import annotations

import pytest

from syncproof.faults.man_in_the_middle import How
from syncproof.faults.man_in_the_middle.swapping import Swapper
from syncproof_products.bundled.core.sas import Sas
from syncproof_products.bundled.device.primitives import primitives


def pair() -> tuple[Sas, Sas]:
    return (
        Sas("alice", "bob", "alice/1", primitives(b"a" * 32), asks=True),
        Sas("bob", "alice", "alice/1", primitives(b"b" * 32), asks=False),
    )


def exchange(swapper: Swapper, alice: Sas, bob: Sas) -> None:
    while alice.send or bob.send:
        for sender, receiver in ((alice, bob), (bob, alice)):
            waiting, sender.send = sender.send, []
            for message in waiting:
                receiver.received(swapper.swap(receiver.own, message))


def test_an_early_one_is_stopped_by_people_only() -> None:
    alice, bob = pair()
    swapper = Swapper("early")
    exchange(swapper, alice, bob)
    assert (alice.state, bob.state) == ("compare", "compare")
    assert alice.emoji != bob.emoji
    assert swapper.deceived == ["alice", "bob"]
    alice.confirm()
    bob.confirm()
    exchange(swapper, alice, bob)
    # Nobody compared: both believe in the man in the middle. So it does all that a real one would.
    assert (alice.state, bob.state) == ("verified", "verified")
    assert alice.verified_key == bob.verified_key == swapper.identity


def test_a_late_one_is_stopped_by_the_commitment() -> None:
    alice, bob = pair()
    exchange(Swapper("late"), alice, bob)
    assert (alice.state, bob.state) == ("cancelled", "cancelled")
    assert "committed" in alice.reason
    assert alice.emoji == ()


def test_one_that_swaps_identities_is_stopped_by_their_authentication() -> None:
    alice, bob = pair()
    swapper = Swapper("identity")
    exchange(swapper, alice, bob)
    assert alice.emoji == bob.emoji != ()
    assert swapper.deceived == []
    alice.confirm()
    exchange(swapper, alice, bob)
    assert (alice.state, bob.state) == ("cancelled", "cancelled")
    assert "authenticated" in bob.reason
    assert swapper.deceived == ["bob"]


@pytest.mark.parametrize("how", ["early", "late", "identity"])
def test_a_message_that_is_sent_again_is_swapped_like_the_first_time(how: How) -> None:
    alice, bob = pair()
    swapper = Swapper(how)
    bob.received(swapper.swap("bob", alice.send.pop()))
    accept = bob.send.pop()
    alice.received(swapper.swap("alice", accept))
    assert swapper.swap("alice", accept) == swapper.swap("alice", accept)
    key = alice.send.pop()
    assert swapper.swap("bob", key) == swapper.swap("bob", key)


def test_what_is_no_verification_passes() -> None:
    assert Swapper("early").swap("bob", {"type": "note", "id": "x"}) == {"type": "note", "id": "x"}
