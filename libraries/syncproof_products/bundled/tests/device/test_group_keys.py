"""The keys of encrypted groups: the same for all who know the passphrase, kept over a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import pytest

from syncproof_products.bundled.core.actions import Observe
from syncproof_products.bundled.core.sealing import SEALED, Opened
from syncproof_products.bundled.device.bodies import Bodies
from syncproof_products.bundled.device.group_keys import GroupKeys, memory_mb
from syncproof_products.bundled.device.signers import Signers
from syncproof_synckit.encryption.errors import EncryptionError

SMALL_MB = 1_000


def member(
    device: str, kept: Mapping[str, str], memory_mb: int, observer: Callable[[Observe], None] = print
) -> GroupKeys:
    signers = Signers({}, lambda _author, _key: None, observer)
    return GroupKeys(device, kept, memory_mb, f"{device:32}".encode(), signers, Bodies(lambda _: None))


def derived(keys: GroupKeys, passphrase: str, derivation: str | None = None) -> str:
    return asyncio.run(keys.derive("g", passphrase, derivation))


def test_members_who_know_the_passphrase_open_what_the_others_seal() -> None:
    alice, bob = member("Alice", {}, SMALL_MB), member("Bob", {}, SMALL_MB)
    key = derived(alice, "open sesame")
    assert key == derived(bob, "open sesame")
    alice.use("g", key)
    bob.use("g", key)
    sealed = alice.sealings["g"].seal("op-1", "{}", 0, ())
    assert sealed.startswith(SEALED)
    assert bob.sealings["g"].open("op-1", "Alice", sealed) == Opened("{}")
    again = member("Bob", {"g": key}, SMALL_MB)
    assert again.sealings["g"].open("op-1", "Alice", sealed) == Opened("{}")
    assert not again.has_another("g", key)
    assert again.has_another("g", derived(again, "another"))
    assert not again.has_another("h", key)


@pytest.mark.parametrize(("makes_it", "is_invited"), [(16_000, SMALL_MB), (SMALL_MB, 16_000)])
def test_members_of_different_memory_derive_one_key(makes_it: int, is_invited: int) -> None:
    alice, bob = member("Alice", {}, makes_it), member("Bob", {}, is_invited)
    assert alice.derivation("g") == ""
    key = derived(alice, "open sesame")
    alice.use("g", key)
    assert derived(bob, "open sesame", alice.derivation("g")) == key
    assert derived(bob, "open sesame") != key
    bob.use("g", key)
    assert derived(bob, "open sesame") == key, "a group keeps how its key is derived"
    assert member("Bob", {"g": key}, is_invited).derivation("g") == alice.derivation("g")


@pytest.mark.parametrize("derivation", ["argon2id m=1 t=1 p=1", "argon2id m=99999999 t=9 p=1", "by heart"])
def test_a_derivation_that_nobody_chooses_is_told(derivation: str) -> None:
    with pytest.raises(EncryptionError, match="argon2id m=19456 t=2 p=1"):
        derived(member("Bob", {}, SMALL_MB), "open sesame", derivation)


@pytest.mark.parametrize("passphrase", ["", "x" * 1025])
def test_a_passphrase_of_no_use_is_told(passphrase: str) -> None:
    with pytest.raises(EncryptionError, match="choose another"):
        derived(member("Alice", {}, SMALL_MB), passphrase)


def test_the_machine_has_memory() -> None:
    assert memory_mb() > 100
