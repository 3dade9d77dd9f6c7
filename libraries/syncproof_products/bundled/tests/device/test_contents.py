"""Attachments of encrypted groups: sealed for the relay, opened by members, never a part of one."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from msgspec.structs import replace

from syncproof_agentkit.blob_files import BlobFiles
from syncproof_products.bundled.core.stored_blob import StoredBlob
from syncproof_products.bundled.core.wire import BlobRef
from syncproof_products.bundled.device.bodies import Bodies
from syncproof_products.bundled.device.contents import INLINE_BYTES, Contents, ContentTooLargeError
from syncproof_products.bundled.device.group_keys import GroupKeys
from syncproof_products.bundled.device.group_sealing import MOST_BYTES, refer, referred
from syncproof_products.bundled.device.signers import Signers
from syncproof_synckit.encryption.errors import PayloadRefused

PICTURE = b"a picture " * 10_000
REF = BlobRef(hashlib.sha256(PICTURE).hexdigest(), len(PICTURE), "picture.png")
#: What a device has handed in itself, by op_id.
OWN: dict[str, str] = {}
#: Nobody is told who signs.
SIGNERS = Signers({}, lambda _author, _key: None, lambda _: None)
KEY = "argon2id m=12288 t=3 p=1 " + "ab" * 96


def member(directory: Path, key: str = KEY) -> tuple[Contents, BlobFiles, GroupKeys]:
    large, plain = Bodies(OWN.get), BlobFiles(directory / "blobs")
    keys = GroupKeys(directory.name, {"g": key}, 1_000, bytes(32), SIGNERS, large)
    return Contents(directory / "sealed", plain, large, lambda group: keys.sealings[group]), plain, keys


def put(files: BlobFiles, content: bytes) -> None:
    digest = hashlib.sha256(content).hexdigest()
    with files.receive(digest) as writer:
        writer.write(content)
        writer.finish()


@pytest.fixture
def sealed(tmp_path: Path) -> tuple[StoredBlob, bytes]:
    """What Alice makes of a picture, and its bytes."""
    alice, plain, _ = member(tmp_path / "Alice")
    put(plain, PICTURE)
    [blob] = alice.seal("g", "{}", (REF,))
    return blob, alice.outgoing.path(blob.address).read_bytes()


def test_a_member_opens_what_another_sealed(tmp_path: Path, sealed: tuple[StoredBlob, bytes]) -> None:
    blob, ciphertext = sealed
    assert (blob.digest, blob.size, blob.name) == (REF.digest, REF.size, REF.name)
    assert hashlib.sha256(ciphertext).hexdigest() == blob.address != blob.digest
    assert len(ciphertext) == blob.stored_bytes
    assert PICTURE[:20] not in ciphertext
    bob, plain, keys = member(tmp_path / "Bob")
    body = keys.sealings["g"].seal("op-1", "{}", 0, (blob,))
    assert keys.sealings["g"].open("op-1", "Bob", body).blobs == (blob,)
    put(bob.incoming, ciphertext)
    bob.open(blob)
    assert plain.path(REF.digest).read_bytes() == PICTURE
    assert not bob.incoming.has(blob.address), "nobody needs it twice"


def test_each_seal_gives_another_ciphertext_under_another_key(tmp_path: Path) -> None:
    """S-BLOB-04."""
    alice, plain, _ = member(tmp_path / "Alice")
    put(plain, PICTURE)
    blobs = alice.seal("g", "{}", (REF, REF))
    assert len({blob.address for blob in blobs}) == 2
    assert len({referred(blob.reference)[1].blob_id for blob in blobs}) == 2
    for blob in blobs:
        put(alice.incoming, alice.outgoing.path(blob.address).read_bytes())
        plain.discard(REF.digest)
        alice.open(blob)
        assert plain.path(REF.digest).read_bytes() == PICTURE


def test_what_is_not_what_was_sealed_is_refused_without_a_byte_of_it(
    tmp_path: Path, sealed: tuple[StoredBlob, bytes]
) -> None:
    blob, ciphertext = sealed
    group, content = referred(blob.reference)
    wrong = {
        "BLAKE3": replace(blob, reference=refer(group, replace(content, hash=bytes(32)))),
        "authentication fails": replace(blob, reference=refer(group, replace(content, nonce=bytes(24)))),
        "its reference says": replace(blob, reference=refer(group, replace(content, encrypted_size=7))),
        "not the content that its author says": replace(blob, digest="0" * 64),
    }
    bob, plain, _ = member(tmp_path / "Bob")
    for says, each in wrong.items():
        put(bob.incoming, ciphertext)
        with pytest.raises(PayloadRefused, match=says):
            bob.open(each)
        assert plain.digests() == set()
        assert not bob.incoming.has(blob.address)


def test_who_has_another_key_opens_nothing(tmp_path: Path, sealed: tuple[StoredBlob, bytes]) -> None:
    blob, ciphertext = sealed
    eve, plain, _ = member(tmp_path / "Eve", KEY.replace("ab", "cd"))
    put(eve.incoming, ciphertext)
    with pytest.raises(PayloadRefused, match="authentication"):
        eve.open(blob)
    assert plain.digests() == set()


def test_what_the_relay_has_got_is_removed_and_nothing_else(tmp_path: Path) -> None:
    alice, plain, _ = member(tmp_path / "Alice")
    put(plain, PICTURE)
    [one], [other] = alice.seal("g", "{}", (REF,)), alice.seal("g", "{}", (REF,))
    alice.tidy(set)
    assert alice.outgoing.digests() == {one.address, other.address}, "their operations are not stored yet"
    alice.taken((one, other))
    alice.tidy(lambda: {other.address})
    assert alice.outgoing.digests() == {other.address}
    assert plain.has(REF.digest)


def test_a_content_that_is_too_large_is_refused_before_it_is_fetched(tmp_path: Path) -> None:
    alice, plain, keys = member(tmp_path / "Alice")
    put(plain, PICTURE)
    [blob] = alice.seal("g", "{}", (REF,))
    group, content = referred(blob.reference)
    size = MOST_BYTES + 1
    huge = replace(
        blob, reference=refer(group, replace(content, content_size=size, encrypted_size=size + 16))
    )
    with pytest.raises(PayloadRefused, match=f"has {size} bytes"):
        keys.sealings["g"].open("op-1", "Alice", keys.sealings["g"].seal("op-1", "{}", 0, (huge,)))


def test_a_body_above_64_kb_is_a_content_and_comes_back_by_its_blob(tmp_path: Path) -> None:
    alice, plain, keys = member(tmp_path / "Alice")
    put(plain, PICTURE)
    inline, large = "x" * INLINE_BYTES, "é" * (INLINE_BYTES // 2) + "x"
    assert alice.seal("g", inline, ()) == ()
    body, picture = alice.seal("g", large, (REF,))
    assert (body.is_body, picture.is_body) == (True, False)
    event = keys.sealings["g"].seal("op-1", large, 0, (body, picture))
    assert len(event) < 2_000
    bob, _, his = member(tmp_path / "Bob")
    opened = his.sealings["g"].open("op-1", "Alice", event)
    assert (opened.body, opened.attachments) == (None, (picture,))
    assert opened.blobs[0] == body
    put(bob.incoming, alice.outgoing.path(body.address).read_bytes())
    bob.open(opened.blobs[0])
    assert his.sealings["g"].open("op-1", "Alice", event).body == large
    assert bob.incoming.digests() == set()


def test_its_author_need_not_fetch_a_body(tmp_path: Path) -> None:
    alice, _, keys = member(tmp_path / "Alice")
    large = "x" * (INLINE_BYTES + 1)
    [body] = alice.seal("g", large, ())
    event = keys.sealings["g"].seal("op-1", large, 0, (body,))
    OWN["op-1"] = "another"
    assert keys.sealings["g"].open("op-1", "Alice", event).body is None
    OWN["op-1"] = large
    assert keys.sealings["g"].open("op-1", "Alice", event).body == large
    OWN.clear()


def test_a_body_that_is_not_what_was_sealed_is_refused_for_good(tmp_path: Path) -> None:
    alice, _, keys = member(tmp_path / "Alice")
    [body] = alice.seal("g", "x" * (INLINE_BYTES + 1), ())
    group, content = referred(body.reference)
    forged = replace(body, reference=refer(group, replace(content, nonce=bytes(24))))
    seal = keys.sealings["g"].seal
    put(alice.incoming, alice.outgoing.path(body.address).read_bytes())
    with pytest.raises(PayloadRefused, match="authentication"):
        alice.open(forged)
    with pytest.raises(PayloadRefused, match="authentication"):
        keys.sealings["g"].open("op-1", "Alice", seal("op-1", "", 0, (forged,)))
    honest = keys.sealings["g"].open("op-2", "Alice", seal("op-2", "", 0, (body,)))
    assert honest.body is None, "who names the address of a forgery says nothing of others there"


def test_what_is_too_large_to_be_sealed_is_told(tmp_path: Path) -> None:
    alice, _, _ = member(tmp_path / "Alice")
    with pytest.raises(ContentTooLargeError, match=f"film has {MOST_BYTES + 1}"):
        alice.seal("g", "{}", (BlobRef("0" * 64, MOST_BYTES + 1, "film"),))
