"""Short authentication strings: honest devices agree, and nobody in between gets a device to believe in another key."""

from __future__ import annotations

import hashlib
import hmac
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncproof_products.bundled.core.sas import Message, Primitives, Sas, emoji_of
from syncproof_products.bundled.device.primitives import primitives
from syncproof_synckit.emoji import EMOJI

#: A toy group, quick enough for many runs: 2^61 - 1 is prime.
_P = 2**61 - 1


def toy(seed: int) -> Primitives:
    """Deterministic, and as good as real for whoever does not compute logarithms."""
    rng = random.Random(seed)

    def shared(secret: bytes, other: bytes) -> bytes:
        value = int.from_bytes(other, "big")
        if not 1 < value < _P:
            raise ValueError("no key")
        return pow(value, int.from_bytes(secret, "big"), _P).to_bytes(8, "big")

    def derive(secret: bytes, purpose: str, size: int) -> bytes:
        return hashlib.sha256(secret + purpose.encode()).digest()[:size]

    return Primitives(
        private=lambda: rng.randrange(2, _P - 1).to_bytes(8, "big"),
        public=lambda secret: pow(3, int.from_bytes(secret, "big"), _P).to_bytes(8, "big"),
        shared=shared,
        derive=derive,
        mac=lambda key, data: hmac.new(key, data, "sha256").digest(),
        digest=lambda data: hashlib.sha256(data).digest(),
        identity=lambda: b"identity of %d" % seed,
    )


def pair(seed: int = 1) -> tuple[Sas, Sas]:
    return (
        Sas("alice", "bob", "v", toy(2 * seed), asks=True),
        Sas("bob", "alice", "v", toy(2 * seed + 1), asks=False),
    )


def exchange(alice: Sas, bob: Sas) -> None:
    """Everything that is to be sent arrives, until nothing is."""
    while alice.send or bob.send:
        for sender, receiver in ((alice, bob), (bob, alice)):
            waiting, sender.send = sender.send, []
            for message in waiting:
                receiver.received(message)


def test_two_honest_devices_see_the_same_and_verify_each_other() -> None:
    alice, bob = pair()
    exchange(alice, bob)
    assert (alice.state, bob.state) == ("compare", "compare")
    assert alice.emoji == bob.emoji
    assert len(alice.emoji) == 7
    assert alice.confirm()
    exchange(alice, bob)
    assert (alice.state, bob.state) == ("confirmed", "compare")
    assert bob.confirm()
    exchange(alice, bob)
    assert (alice.state, bob.state) == ("verified", "verified")
    assert alice.verified_key == b"identity of 3".hex()
    assert bob.verified_key == b"identity of 2".hex()


def test_the_real_primitives_agree_as_well() -> None:
    alice = Sas("alice", "bob", "v", primitives(b"a" * 32), asks=True)
    bob = Sas("bob", "alice", "v", primitives(b"b" * 32), asks=False)
    exchange(alice, bob)
    assert alice.emoji == bob.emoji != ()
    alice.confirm()
    bob.confirm()
    exchange(alice, bob)
    assert (alice.state, bob.state) == ("verified", "verified")
    assert bob.verified_key == primitives(b"a" * 32).identity().hex()


@pytest.mark.parametrize("decision", ["the emoji differ", "cancelled by its user"])
def test_one_no_is_enough(decision: str) -> None:
    alice, bob = pair()
    exchange(alice, bob)
    alice.confirm()
    bob.cancel(decision)
    exchange(alice, bob)
    assert (alice.state, bob.state) == ("cancelled", "cancelled")
    assert alice.reason == f"bob: {decision}"


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["confirm", "deny", "send"])), max_size=30))
def test_whatever_people_do_nobody_is_verified_without_both(acts: list[tuple[str, str]]) -> None:
    alice, bob = pair()
    sides, confirmed = {"a": alice, "b": bob}, dict.fromkeys("ab", False)
    for who, act in acts:
        side, other = sides[who], sides["b" if who == "a" else "a"]
        if act == "confirm":
            confirmed[who] |= side.confirm()
        elif act == "deny":
            side.cancel("no")
        elif side.send:
            other.received(side.send.pop(0))
        if "verified" in (alice.state, bob.state):
            assert all(confirmed.values())
            assert alice.emoji == bob.emoji


@given(st.integers(1, 10**6))
@settings(max_examples=50)
def test_who_sits_in_between_is_seen_or_stopped(seed: int) -> None:
    """Mallory speaks to both as the other: two verifications, whose strings differ (but once in 2^42)."""
    alice, bob = pair(seed)
    to_alice = Sas("bob", "alice", "v", toy(-seed), asks=False)
    to_bob = Sas("alice", "bob", "v", toy(-seed - 1), asks=True)
    exchange(alice, to_alice)
    exchange(to_bob, bob)
    assert alice.state == bob.state == "compare"
    assert alice.emoji != bob.emoji


def test_a_key_that_was_not_committed_to_is_refused() -> None:
    """Mallory commits, sees Alice's key, and then would like another one: that is what the commitment is for."""
    alice, bob = pair()
    bob.received(alice.send.pop(0))
    alice.received(bob.send.pop(0))
    alice.received({"type": "key", "id": "v", "key": toy(9).public(b"\0" * 7 + b"\7").hex()})
    assert alice.state == "cancelled"
    assert "committed" in alice.reason


FIELDS = st.sampled_from(["key", "mac", "commitment", "type"])


@given(st.integers(0, 5), FIELDS, st.text("0123456789abcdefg", max_size=20))
def test_no_altered_message_leads_to_another_key(which: int, field: str, value: str) -> None:
    alice, bob = pair()
    sent = 0
    for _ in range(20):
        for sender, receiver in ((alice, bob), (bob, alice)):
            waiting, sender.send = sender.send, []
            for message in waiting:
                altered: Message = (
                    {**message, field: value} if sent == which and field in message else message
                )
                sent += 1
                receiver.received(altered)
        if alice.emoji and alice.emoji == bob.emoji:  # people confirm only what is the same
            alice.confirm()
            bob.confirm()
    assert alice.verified_key in ("", b"identity of 3".hex())
    assert bob.verified_key in ("", b"identity of 2".hex())


def test_the_string_is_of_the_first_42_bits() -> None:
    assert len(set(EMOJI)) == len(EMOJI) == 64
    assert emoji_of(bytes(6)) == ("dog",) * 7
    assert emoji_of(b"\xff" * 6) == ("pin",) * 7
    assert emoji_of(b"\x04" + bytes(5))[0] == "cat"
