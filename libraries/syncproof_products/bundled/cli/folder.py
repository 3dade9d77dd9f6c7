"""The folder of a device on the command line: its key, its settings, its database."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import msgspec

from syncproof_agentkit.errors import AgentError
from syncproof_agentkit.requests import read_address
from syncproof_products.bundled.core.relay.admission import MAX_NAME, is_name
from syncproof_products.bundled.device.database import (
    KEY_DIGITS,
    StorageError,
    is_key,
    keep_fact,
    open_database,
    open_for_reading,
)
from syncproof_products.bundled.device.directory import Directory, require_own
from syncproof_products.bundled.device.reading import Reader

DATABASE, KEY, SETTINGS = "device.sqlite", "device.key", "sync-cli.json"


class FailedError(Exception):
    """A command cannot do what was asked; the message says what to do. answer: what there is to show all the same."""

    def __init__(self, message: str, answer: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.answer = answer


class Account(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """name: of the device. relay: `host:port`. secret: with which it registers there."""

    name: str
    relay: str
    secret: str


def make(folder: Path, account: Account) -> None:
    """Make a device: its key and its database. Raises FailedError, and nothing is half done then."""
    if (folder / SETTINGS).exists() or (folder / KEY).exists() or (folder / DATABASE).exists():
        raise FailedError(f"{folder} has a device already: name another folder with --data-dir")
    if not is_name(account.name):
        raise FailedError(f"--name must have 1 to {MAX_NAME} printable characters")
    if not is_address(account.relay):
        raise FailedError(f"--relay must be like relay.example.org:8600, not {account.relay[:80]!r}")
    if not account.secret:
        raise FailedError("--secret must not be empty: ask the operator of the relay for it")
    try:
        directory = Directory(folder)
    except StorageError as error:
        raise FailedError(str(error)) from None
    try:
        key = os.urandom(KEY_DIGITS // 2).hex()
        connection, _ = open_database(folder / DATABASE, account.name)
        with closing(connection):
            keep_fact(connection, "identity_key", key)
        _write(folder / KEY, key)
        _write(folder / SETTINGS, msgspec.json.encode(account).decode())
    except (OSError, StorageError) as error:
        for name in (SETTINGS, KEY, DATABASE):
            (folder / name).unlink(missing_ok=True)
        raise FailedError(f"{folder} cannot be used: {error}") from None
    finally:
        directory.release()


def read(folder: Path) -> Account:
    """Whose folder it is. Raises FailedError where it is nobody's, or where two devices are mixed in it."""
    try:
        require_own(folder)
        account = msgspec.json.decode((folder / SETTINGS).read_bytes(), type=Account)
        key = (folder / KEY).read_text().strip()
    except FileNotFoundError:
        raise FailedError(f"{folder} has no device: begin with 'sync-cli init --name NAME'") from None
    except StorageError as error:
        raise FailedError(str(error)) from None
    except (OSError, UnicodeDecodeError, msgspec.MsgspecError) as error:
        raise FailedError(f"{folder} cannot be read: {error}") from None
    if not is_key(key):
        raise FailedError(
            f"{folder / KEY} has {len(key)} characters, expected {KEY_DIGITS} hexadecimal digits: "
            "restore it from a copy"
        )
    if not is_address(account.relay):
        raise FailedError(
            f"the relay in {folder / SETTINGS} must be like relay.example.org:8600, not {account.relay[:80]!r}"
        )
    for secret in (folder / KEY, folder / SETTINGS):
        secret.chmod(0o600)
    try:
        reader = Reader(open_for_reading(folder / DATABASE))
        with closing(reader):
            kept = reader.fact("identity_key")
    except Exception as error:  # noqa: BLE001 - whatever SQLite says of a file that is none
        raise FailedError(f"{folder / DATABASE} cannot be read: {error}") from None
    if kept != key:
        raise FailedError(f"{folder / KEY} is not the key of the device in {folder}: it is somebody else's")
    return account


def is_address(text: str) -> bool:
    """Whether a relay can be looked for there."""
    try:
        read_address(text)
    except AgentError:
        return False
    return True


def _write(path: Path, text: str) -> None:
    """A file that its owner alone can read."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"{text}\n")
