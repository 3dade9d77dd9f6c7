"""Two devices verify each other as `m.sas.v1` has it; who stands between them, or talks out of turn, is found out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import vodozemac
from hypothesis import given, settings
from hypothesis import strategies as st

from syncproof_products.matrix.agent.e2ee.sas import Party, Sas
from syncproof_synckit.emoji import EMOJI

ALICE, BOB = "@alice:test", "@bob:test"
Said = tuple[str, dict[str, Any]]
Change = Callable[[str, dict[str, Any]], list[Said]]


def key() -> str:
    return vodozemac.Account().ed25519_key.to_base64()


class Talk:
    """Alice asks Bob. change: what becomes of a message on its way to the other one."""

    def __init__(self, change: Change = lambda kind, content: [(kind, content)], *, known: str = "") -> None:
        alice, bob = Party(ALICE, "A", key()), Party(BOB, "B", key())
        self.alice = Sas("n", alice, BOB, {"B": bob.ed25519}, asks=True)
        self.bob = Sas("n", bob, ALICE, {"A": known or alice.ed25519}, asks=False)
        self.said: list[str] = []
        self._change = change
        self.alice.request(0)
        ((_, request),) = self.alice.send
        self.alice.send.clear()
        self.bob.accept(request)
        self.deliver()

    def deliver(self) -> None:
        """Until nobody has anything to say."""
        while self.alice.send or self.bob.send:
            for side, other in ((self.alice, self.bob), (self.bob, self.alice)):
                while side.send:
                    kind, content = side.send.pop(0)
                    self.said.append(kind)
                    for changed in self._change(kind, dict(content)):
                        other.received(*changed)

    def confirm(self) -> None:
        """Both people say yes."""
        for side in (self.alice, self.bob):
            side.confirm()
            self.deliver()

    @property
    def states(self) -> tuple[str, str]:
        return self.alice.state, self.bob.state


def test_both_show_the_same_and_are_verified_when_both_have_said_so() -> None:
    talk = Talk()
    assert talk.said == ["ready", "start", "accept", "key", "key"]
    assert talk.states == ("compare", "compare")
    assert talk.alice.emoji == talk.bob.emoji
    assert len(talk.alice.emoji) == 7
    assert talk.alice.confirm()
    talk.deliver()
    assert talk.states == ("confirmed", "compare")
    assert not talk.alice.confirm(), "there is nothing more to say"
    assert talk.bob.confirm()
    talk.deliver()
    assert talk.states == ("verified", "verified")
    assert talk.said[5:] == ["mac", "mac", "done", "done"]


def test_emoji_have_the_specifications_numbers() -> None:
    assert len(set(EMOJI)) == 64
    assert (EMOJI[0], EMOJI[19], EMOJI[38], EMOJI[63]) == ("dog", "globe", "hourglass", "pin")


def test_what_is_derived_names_both_sides_as_the_specification_has_it() -> None:
    talk = Talk()
    first, second = talk.alice._public, talk.bob._public
    info = f"MATRIX_KEY_VERIFICATION_SAS|{ALICE}|A|{first}|{BOB}|B|{second}|n"
    assert talk.alice._sas_info(second) == talk.bob._sas_info(first) == info
    own, other = talk.alice.own, talk.bob.own
    assert talk.alice._info(own, other, "ed25519:A") == f"MATRIX_KEY_VERIFICATION_MAC{ALICE}A{BOB}Bned25519:A"


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_one_no_ends_it_on_both(who: str) -> None:
    talk = Talk()
    talk.alice.confirm()
    getattr(talk, who).cancel("m.mismatched_sas", "the emoji differ")
    talk.deliver()
    assert talk.states == ("cancelled", "cancelled")
    assert not talk.bob.confirm()


def _swaps_keys(times: int) -> Change:
    """Somebody in between who puts a key of his own into the first messages with keys."""
    inside, left = vodozemac.Sas().public_key.to_base64(), [True] * times

    def change(kind: str, content: dict[str, Any]) -> list[Said]:
        swapped = {"key": inside} if kind == "key" and left and left.pop() else {}
        return [(kind, content | swapped)]

    return change


def test_other_keys_than_were_committed_to_end_it() -> None:
    talk = Talk(_swaps_keys(2))
    assert talk.states == ("cancelled", "cancelled")
    assert "committed" in talk.alice.reason


def test_who_swaps_only_the_asking_sides_key_is_seen_by_people() -> None:
    talk = Talk(_swaps_keys(1))
    assert talk.states == ("compare", "compare")
    assert talk.alice.emoji != talk.bob.emoji
    talk.confirm()  # people who do not look
    assert "verified" not in talk.states


def test_a_device_whose_published_key_is_anothers_is_not_verified() -> None:
    talk = Talk(known=key())
    assert talk.alice.emoji == talk.bob.emoji
    talk.confirm()
    assert talk.states == ("cancelled", "cancelled")
    assert "not authenticated" in talk.bob.reason


def _alters(kind: str, **fields: object) -> Change:
    return lambda each, content: [(each, content | (fields if each == kind else {}))]


@pytest.mark.parametrize(
    "change",
    [
        _alters("ready", methods=["m.other"]),
        _alters("ready", from_device="X"),
        _alters("start", method="m.other"),
        _alters("start", hashes=[]),
        _alters("start", key_agreement_protocols=["curve25519"]),
        _alters("start", message_authentication_codes=["hkdf-hmac-sha256"]),
        _alters("start", short_authentication_string=["decimal"]),
        _alters("start", from_device="X"),
        _alters("start", extra=1),
        _alters("accept", hash="md5"),
        _alters("accept", message_authentication_code="none"),
        _alters("accept", short_authentication_string=[]),
        _alters("accept", commitment="AAAA"),
        _alters("key", key="no key"),
        _alters("mac", keys="AAAA"),
        _alters("mac", mac={}),
        _alters("mac", mac={"ed25519:A": "AAAA", "ed25519:B": "AAAA"}),
        lambda kind, content: [(kind, content)] * (2 if kind in ("accept", "key") else 1),
        lambda kind, content: [("key" if kind == "accept" else kind, content)],
        lambda kind, content: [(kind, content), ("mac", {})] if kind == "start" else [(kind, content)],
    ],
)
def test_what_is_not_as_it_should_be_ends_it(change: Change) -> None:
    talk = Talk(change)
    talk.confirm()
    assert talk.states == ("cancelled", "cancelled")
    assert talk.alice.reason
    assert talk.bob.reason


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(["ready", "start", "accept", "key", "mac", "done", "cancel", "what"]), max_size=6
    )
)
def test_nobody_is_verified_by_messages_of_anybody(kinds: list[str]) -> None:
    talk = Talk()
    for kind in kinds:
        talk.alice.received(kind, {"key": key(), "from_device": "B", "mac": {"ed25519:B": "AAAA"}})
    talk.alice.confirm()
    assert talk.alice.state in ("confirmed", "cancelled")
