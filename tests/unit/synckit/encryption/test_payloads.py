"""What a group protects: keys, payloads, envelopes, large content."""

from __future__ import annotations

import os
import pickle
import uuid
from collections.abc import Callable

import msgspec
import pytest
from blake3 import blake3
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given, settings
from hypothesis import strategies as st

from syncproof_synckit.encryption.content import content_key, decrypt_content, encrypt_content
from syncproof_synckit.encryption.envelope import BODY, Envelope, Header, close, open_, pack, unpack
from syncproof_synckit.encryption.errors import EncryptionError, PayloadRefused
from syncproof_synckit.encryption.group_key import Cost, GroupKey
from syncproof_synckit.encryption.ids import device_id, group_id, shown
from syncproof_synckit.encryption.payload import seal, unseal
from syncproof_synckit.encryption.secret import Secret

GROUP = group_id("test")
#: The least that libsodium takes: these tests are about what comes after the derivation.
CHEAP = Cost(1, 1)
KEY = GroupKey.derive(Secret(b"a passphrase"), GROUP, CHEAP)
OTHER = GroupKey.derive(Secret(b"another passphrase"), GROUP, CHEAP)
NONCE = bytes(range(24))
HEADER = Header(1, BODY, b"\x07" * 32, GROUP, 42, 1_705_000_000)


def envelope(plaintext: bytes = b"Hello, sync world!", context: bytes = b"op-1") -> Envelope:
    return close(KEY.encryption, HEADER, NONCE, plaintext, context)


@pytest.mark.parametrize(
    ("ram_mb", "memory_mib", "iterations"),
    [
        (500, 12, 3),
        (1_500, 12, 3),
        (2_999, 12, 3),
        (3_000, 19, 2),
        (6_000, 46, 1),
        (15_999, 46, 1),
        (16_000, 64, 3),
    ],
)
def test_the_cost_scales_with_memory(ram_mb: int, memory_mib: int, iterations: int) -> None:
    """Z-CORE-05."""
    assert Cost.for_memory(ram_mb) == Cost(memory_mib, iterations)


def test_a_group_key_depends_on_passphrase_group_and_cost() -> None:
    same = GroupKey.derive(Secret(b"a passphrase"), GROUP, CHEAP)
    assert same.encryption == KEY.encryption
    others = [
        OTHER,
        GroupKey.derive(Secret(b"a passphrase"), group_id("other"), CHEAP),
        GroupKey.derive(Secret(b"a passphrase"), GROUP, Cost(1, 2)),
    ]
    keys = [key for one in (KEY, *others) for key in (one.encryption, one.authentication, one.content)]
    assert all(len(key) == 32 for key in keys)
    assert all(one != other for i, one in enumerate(keys) for other in keys[:i])


def test_the_key_is_argon2id_as_another_implementation_has_it() -> None:
    """OpenSSL's Argon2id against libsodium's."""
    master = Argon2id(salt=GROUP[:16], length=32, iterations=2, lanes=1, memory_cost=1024).derive(
        b"a passphrase"
    )
    payload = HKDF(SHA256(), 32, salt=None, info=b"syncproof/1 payload").derive(master)
    assert GroupKey.derive(Secret(b"a passphrase"), GROUP, Cost(1, 2)).encryption == Secret(payload)


@pytest.mark.parametrize("size", [0, 1025, 1024 * 1024])
def test_a_passphrase_of_no_use_is_told(size: int) -> None:
    with pytest.raises(EncryptionError, match=f"this one has {size}; choose another"):
        GroupKey.derive(Secret(b"p" * size), GROUP, CHEAP)


def test_secrets_show_themselves_nowhere() -> None:
    secret = Secret(b"very secret bytes")
    assert repr(secret) == str(secret) == f"{secret}" == "Secret(17 bytes)"
    assert "very secret" not in repr(KEY)
    assert KEY.encryption.reveal().hex() not in repr(KEY)
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    with pytest.raises(TypeError):
        hash(secret)
    with pytest.raises(TypeError):
        msgspec.json.encode(secret)


def test_xchacha20_gives_the_published_bytes() -> None:
    """draft-irtf-cfrg-xchacha-03, A.3.1."""
    plaintext = (
        b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
        b"sunscreen would be it."
    )
    key = Secret(bytes(range(0x80, 0xA0)))
    nonce = bytes(range(0x40, 0x58))
    bound = bytes.fromhex("50515253c0c1c2c3c4c5c6c7")
    ciphertext = seal(key, nonce, plaintext, bound)
    assert ciphertext[-16:].hex() == "c0875924c1c7987947deafd8780acf49"
    assert ciphertext[:16].hex() == "bd6d179d3e83d43b9576579493c0e939"
    assert unseal(key, nonce, ciphertext, bound) == plaintext


def test_an_empty_payload_works() -> None:
    """E-ENC-05."""
    assert open_(KEY.encryption, unpack(pack(envelope(b""))), b"op-1") == b""


def test_two_nonces_two_ciphertexts_one_content() -> None:
    one, other = (close(KEY.encryption, HEADER, os.urandom(24), b"Same message", b"") for _ in range(2))
    assert one.payload != other.payload
    assert open_(KEY.encryption, one, b"") == open_(KEY.encryption, other, b"") == b"Same message"


def changed(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


REFUSED: dict[str, Callable[[Envelope], Envelope]] = {
    "E-ENC-01 a bit of the ciphertext": lambda e: msgspec.structs.replace(e, payload=changed(e.payload, 4)),
    "E-ENC-02 one byte less": lambda e: msgspec.structs.replace(e, payload=e.payload[:-1]),
    "E-ENC-02 less than a tag": lambda e: msgspec.structs.replace(e, payload=e.payload[:15]),
    "E-ENC-02 nothing": lambda e: msgspec.structs.replace(e, payload=b""),
    "E-ENC-03 a bit of the tag": lambda e: msgspec.structs.replace(
        e, payload=changed(e.payload, -1 % len(e.payload))
    ),
    "E-ENC-04 a nonce of zeros": lambda e: msgspec.structs.replace(e, nonce=bytes(24)),
    "E-ENC-04 the nonce of another message": lambda e: msgspec.structs.replace(e, nonce=os.urandom(24)),
    "E-ENC-04 a short nonce": lambda e: msgspec.structs.replace(e, nonce=bytes(12)),
    "another sender": lambda e: msgspec.structs.replace(
        e, header=msgspec.structs.replace(e.header, sender=b"x" * 32)
    ),
    "another place": lambda e: msgspec.structs.replace(
        e, header=msgspec.structs.replace(e.header, cursor=43)
    ),
}


@pytest.mark.parametrize("change", REFUSED.values(), ids=REFUSED)
def test_a_changed_payload_is_refused_without_a_byte_of_it(change: Callable[[Envelope], Envelope]) -> None:
    plaintext = b"Hello, sync world!"
    with pytest.raises(PayloadRefused) as caught:
        open_(KEY.encryption, change(envelope(plaintext)), b"op-1")
    assert b"Hello" not in str(caught.value).encode()
    assert caught.value.__cause__ is None
    assert open_(KEY.encryption, envelope(b"the next one"), b"op-1") == b"the next one"


def test_the_wrong_key_and_the_wrong_operation_are_refused() -> None:
    with pytest.raises(PayloadRefused):
        open_(OTHER.encryption, envelope(), b"op-1")
    with pytest.raises(PayloadRefused):
        open_(KEY.encryption, envelope(), b"op-2")


def test_a_small_envelope_is_small() -> None:
    assert len(pack(envelope(b"\x01\x02\x03\x04"))) < 200


headers = st.builds(
    Header,
    st.just(1),
    st.integers(0, 255),
    st.binary(min_size=32, max_size=32),
    st.binary(min_size=32, max_size=32),
    st.integers(0, 2**63 - 1),
    st.integers(0, 2**40),
)


@settings(max_examples=60, deadline=None)
@given(
    header=headers,
    nonce=st.binary(min_size=24, max_size=24),
    body=st.binary(max_size=300),
    context=st.binary(),
)
def test_envelopes_round_trip(header: Header, nonce: bytes, body: bytes, context: bytes) -> None:
    sent = close(KEY.encryption, header, nonce, body, context)
    got = unpack(pack(sent))
    assert got == sent
    assert open_(KEY.encryption, got, context) == body


@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=300))
def test_no_bytes_make_unpack_fall_over(data: bytes) -> None:
    with pytest.raises(PayloadRefused):
        unpack(data)


def test_another_version_is_told() -> None:
    newer = msgspec.structs.replace(envelope(), header=msgspec.structs.replace(HEADER, version=2))
    with pytest.raises(PayloadRefused, match=r"version is 2.*update"):
        unpack(pack(newer))


def test_ids() -> None:
    assert len(GROUP) == len(device_id("Alice")) == 32
    assert len(shown(device_id("Alice"))) == 43
    assert device_id("g") != group_id("g")


BLOB_ID = uuid.UUID("7c5e2a43-9d1c-4b0e-8a35-0f6f0f2f7c11").bytes
LARGE = b"Large file content..." * 5_000


def test_content_is_encrypted_then_hashed() -> None:
    key = content_key(KEY, BLOB_ID)
    reference, ciphertext = encrypt_content(key, BLOB_ID, NONCE, LARGE)
    assert reference.hash == blake3(ciphertext).digest() != blake3(LARGE).digest()
    assert (reference.content_size, reference.encrypted_size) == (len(LARGE), len(ciphertext))
    assert decrypt_content(key, reference, ciphertext) == LARGE
    assert content_key(KEY, bytes(16)) != key


def test_the_same_content_twice() -> None:
    """S-BLOB-04: two ciphertexts, one content."""
    key = content_key(KEY, BLOB_ID)
    (one, first), (other, second) = (encrypt_content(key, BLOB_ID, os.urandom(24), LARGE) for _ in range(2))
    assert first != second
    assert decrypt_content(key, one, first) == decrypt_content(key, other, second) == LARGE


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda c: changed(c, 1000), "BLAKE3"),
        (lambda c: c[:-1], "its reference says"),
        (lambda _: b"", "its reference says"),
    ],
)
def test_changed_content_is_refused_before_it_is_decrypted(
    change: Callable[[bytes], bytes], says: str
) -> None:
    key = content_key(KEY, BLOB_ID)
    reference, ciphertext = encrypt_content(key, BLOB_ID, NONCE, LARGE)
    with pytest.raises(PayloadRefused, match=says):
        decrypt_content(key, reference, change(ciphertext))
