"""Bugs by which what was tampered with, or what nobody has signed, is taken for what its author wrote."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from syncproof_defects import breaks
from syncproof_products.peers.agent import device
from syncproof_products.peers.agent.folder import Folder
from syncproof_products.peers.agent.store import Store
from syncproof_products.peers.core import node
from syncproof_products.peers.core.contents import Damaged
from syncproof_products.peers.core.model import Op
from syncproof_products.peers.core.node import Node


@breaks(node, "holds")
def takes_files_as_they_come(original: Callable[[str, bytes], bool], digest: str, data: bytes) -> bool:
    """Neither the parts of a file nor the whole of it are held against their hashes."""
    if not original(digest, data):
        takes_files_as_they_come.ran()
    return True


@takes_files_as_they_come.breaks(node, "is_true")
def _whole_too(
    original: Callable[[Op, Callable[[str], bytes]], bool], op: Op, read: Callable[[str], bytes]
) -> bool:
    del original, op, read
    return True


@takes_files_as_they_come.breaks(Store, "block")
def _stored_too(original: Callable[[Store, str], bytes], self: Store, digest: str) -> bytes:
    try:
        return original(self, digest)
    except Damaged:
        row = self._db.execute("SELECT data FROM blocks WHERE digest = ?", (digest,)).fetchone()
        return bytes(row[0])


@takes_files_as_they_come.breaks(Folder, "_digest")
def _says_what_lies_there(
    original: Callable[[Folder, str, os.stat_result], str], self: Folder, path: str, status: os.stat_result
) -> str:
    """Else the folder would answer with the hash that was told, and not with that of what it has."""
    del original, status
    with self._inside.open(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@breaks(device, "is_genuine")
def asks_not_whose_key_it_is(original: Callable[[Op], bool], op: Op) -> bool:
    """A signature has to be of the key that comes with it, whoever's that is."""
    if original(op):
        return True
    try:
        Ed25519PublicKey.from_public_bytes(op.public).verify(op.signature, op.unsigned())
    except (InvalidSignature, ValueError):
        return False
    asks_not_whose_key_it_is.ran()
    return True


@breaks(Node, "_is_due")
def follows_no_chain(original: Callable[[Node, Op], bool], self: Node, op: Op) -> bool:
    """What an author has signed is taken, whatever it says that it follows."""
    due = original(self, op)
    if due and op.before != self._tips.get(op.author, ""):
        follows_no_chain.ran()
        self._tips[op.author] = op.before
    return due
