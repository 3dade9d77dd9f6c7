"""The manifest of an operation's contents: what a sealed body says of them, signed by its author."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from msgspec import Struct

from syncproof_synckit.encryption.content import BLOB_ID_BYTES, HASH_BYTES, ContentRef
from syncproof_synckit.encryption.errors import PayloadRefused
from syncproof_synckit.encryption.payload import NONCE_BYTES, TAG_BYTES
from syncproof_synckit.encryption.signature import SigningKey, is_signed


class Item(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """One content. name: what its author calls it. digest, address: sha256 of the content, and of its ciphertext."""

    name: str
    digest: bytes
    address: bytes
    content: ContentRef


#: What an item has beside its name, and a manifest beside its items, at most, bytes.
ITEM_BYTES, SIGNED_BYTES = 220, 120


class BodyWithContents(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The payload of an envelope of the type CONTENTS.

    body: None where the first item is the body. signer: the public key that signed, 32 bytes. signature: 64 bytes. Both
    are empty where there are no items.
    """

    body: str | None
    items: tuple[Item, ...]
    signer: bytes = b""
    signature: bytes = b""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a manifest belongs: the ids of group and author, 32 bytes each, and the operation."""

    group: bytes
    author: bytes
    op_id: str


def signed(body: str | None, items: tuple[Item, ...], place: Place, key: SigningKey) -> BodyWithContents:
    """A body with its manifest, which holds for this place alone."""
    return BodyWithContents(body, items, key.public, key.sign(_message(body, items, place)))


def _message(body: str | None, items: tuple[Item, ...], place: Place) -> bytes:
    """What is signed, so that no two manifests give the same bytes."""
    what = (b"syncproof/1 manifest", place.group, place.author, place.op_id, body, items)
    return msgspec.msgpack.encode(what)


def checked(said: BodyWithContents, place: Place) -> BodyWithContents:
    """The same. Raises PayloadRefused where it is not what its author signed, or no content can be as an item says."""
    if not is_signed(said.signer, said.signature, _message(said.body, said.items, place)):
        raise PayloadRefused("its manifest is not what its author has signed")
    if said.body is None and not said.items:
        raise PayloadRefused("its manifest has no body")
    for item in said.items:
        content = item.content
        sizes = {
            "digest": (item.digest, HASH_BYTES),
            "address": (item.address, HASH_BYTES),
            "blob id": (content.blob_id, BLOB_ID_BYTES),
            "hash": (content.hash, HASH_BYTES),
            "nonce": (content.nonce, NONCE_BYTES),
        }
        for what, (value, size) in sizes.items():
            if len(value) != size:
                raise PayloadRefused(f"the {what} of a content has {len(value)} bytes, expected {size}")
        if content.content_size < 0 or content.encrypted_size != content.content_size + TAG_BYTES:
            raise PayloadRefused(
                f"a content of {content.content_size} bytes is said to have {content.encrypted_size} when it is sealed"
            )
    if len({item.address for item in said.items}) < len(said.items):
        raise PayloadRefused("its manifest has one address for several contents")
    return said
