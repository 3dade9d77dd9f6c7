"""What scenarios show a device in the place of an invite is refused for the reason that they name."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from syncproof.workloads.command_line.state import Message, Said, _read
from syncproof.workloads.pairing.refusal import Refusal, guess
from syncproof.workloads.pairing.surface import Invited
from syncproof.workloads.pairing.way import Way
from syncproof_synckit.encryption.invite import Invite, InviteRefused, ShortCode, from_qr, to_qr

CODE = ShortCode.draw(os.urandom)
INVITE = Invite(os.urandom(32), "room", "a key", CODE.lookup, "a ticket", 2e9)
SEALED = CODE.seal(INVITE, os.urandom)
INVITED = Invited(CODE.reveal(), to_qr(INVITE))


def opened(text: str) -> Invite:
    return ShortCode.parse(text).open(SEALED)


@pytest.mark.parametrize(
    ("reason", "read"),
    [
        (Refusal.CUT, from_qr),
        (Refusal.CHECKSUM, from_qr),
        (Refusal.VERSION, from_qr),
        (Refusal.SHORT, opened),
    ],
)
def test_it_is_refused_for_that(reason: Refusal, read: Callable[[str], Invite]) -> None:
    assert reason.code == "invalid"
    with pytest.raises(InviteRefused, match=reason.says):
        read(reason.of(INVITED))


def test_what_is_right_in_itself_the_relay_has_to_refuse() -> None:
    for reason in (Refusal.USED, Refusal.EXPIRED):
        assert opened(reason.of(INVITED)) == INVITE
    unknown, other = (ShortCode.parse(reason.of(INVITED)) for reason in (Refusal.UNKNOWN, Refusal.OTHER))
    assert unknown.lookup != CODE.lookup == other.lookup
    assert other.token() != CODE.token()


def test_no_guess_is_the_code_and_every_other_one_looks_the_invite_up() -> None:
    guesses = [guess(INVITED, number) for number in range(60)]
    assert len({*guesses, INVITED.code}) == 61
    assert [ShortCode.parse(each).lookup == CODE.lookup for each in guesses] == [False, True] * 30


def test_a_device_is_told_one_of_both() -> None:
    assert opened(Way.CODE.of(INVITED)) == from_qr(Way.QR.of(INVITED)) == INVITE
    assert Way.LAST.of(INVITED) == INVITED.code


@pytest.mark.parametrize("kind", [Way, Refusal])
def test_other_words_are_told_with_the_right_ones(kind: type[Way] | type[Refusal]) -> None:
    for each in kind:
        assert kind.parse(f" {each} ") is each
    with pytest.raises(ValueError, match="write"):
        kind.parse("by heart")


def test_of_a_command_the_last_line_counts_that_is_json() -> None:
    assert _read('a warning\n{"messages": [{"cursor": 1, "author": "a", "text": "hi"}]}\n') == Said(
        messages=(Message("hi"),)
    )
    assert _read('{"code": "A"}\nlater') == Said("A")
    assert _read("") == _read("{") == Said()
