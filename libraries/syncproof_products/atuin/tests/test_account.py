from __future__ import annotations

import base64

import msgspec

from syncproof_products.atuin.agent.account import account, username


def test_members_draw_the_same_account_and_nobody_else_does() -> None:
    one = account("shared", "room")
    assert one == account("shared", "room")
    for other in (account("shared", "another room"), account("of others", "room")):
        assert one.password != other.password
        assert one.key != other.key


def test_a_key_is_as_atuin_writes_one() -> None:
    octets = msgspec.msgpack.decode(base64.b64decode(account("shared", "room").key), type=list[int])
    assert len(bytes(octets)) == 32


def test_a_name_is_one_that_atuin_takes_and_belongs_to_its_group() -> None:
    assert username("room 1 of *").isalnum()
    assert username("room 1") != username("room 2")


def test_an_account_shows_no_secret() -> None:
    one = account("shared", "room")
    assert one.key not in repr(one)
    assert one.password not in repr(one)
