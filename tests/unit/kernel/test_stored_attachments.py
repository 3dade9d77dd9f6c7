"""Files behind a program's back: read, replaced, taken away, searched; and the faults that are made of that."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from syncproof.faults.storage.attachment import DamagedAttachment, MissingAttachment, StoredAttachment
from syncproof.systems.storage import FolderStorage

CONTENT = b"0123456789"
DIGEST = hashlib.sha256(CONTENT).hexdigest()
PATH = f"blobs/{DIGEST[:2]}/{DIGEST}"


@pytest.fixture
def storage(tmp_path: Path) -> FolderStorage:
    return FolderStorage(tmp_path / "relay", tmp_path)


def test_a_file_is_made_read_replaced_and_removed(storage: FolderStorage, tmp_path: Path) -> None:
    assert storage.read(PATH) is None
    storage.write(PATH, CONTENT)
    assert storage.read(PATH) == CONTENT == (tmp_path / "relay" / PATH).read_bytes()
    storage.write(PATH, b"")
    assert storage.read(PATH) == b""
    assert [path.name for path in (tmp_path / "relay" / PATH).parent.iterdir()] == [DIGEST], (
        "nothing beside it"
    )
    storage.remove(PATH)
    assert storage.read(PATH) is None


def test_strays_are_files_of_that_name_elsewhere(storage: FolderStorage, tmp_path: Path) -> None:
    for folder in ("relay/blobs", "alice", "."):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / folder / "photo [1].jpg").touch()
        (tmp_path / folder / "photo 1.jpg").touch()
    assert storage.strays("photo [1].jpg") == [
        str(tmp_path / "alice" / "photo [1].jpg"),
        str(tmp_path / "photo [1].jpg"),
    ]
    assert storage.strays("nothing") == []


@pytest.mark.parametrize(
    ("kind", "seen"),
    [
        (MissingAttachment, None),
        (DamagedAttachment, b"01234" + bytes([ord("5") ^ 0xFF]) + b"6789"),
    ],
)
def test_a_fault_is_proved_by_what_is_served_and_heals(
    storage: FolderStorage, kind: type[StoredAttachment], seen: bytes | None
) -> None:
    storage.write(PATH, CONTENT)
    fault = kind("relay", ("Bob",), DIGEST, storage, PATH, lambda: storage.read(PATH))
    assert fault.proof() is None
    fault.begin()
    assert storage.read(PATH) == seen
    assert fault.proof()
    assert fault.healed() is None
    fault.end()
    assert storage.read(PATH) == CONTENT
    assert fault.healed() == "the relay handed out all 10 bytes"


@pytest.mark.parametrize("kind", [MissingAttachment, DamagedAttachment])
def test_a_fault_that_does_not_show_is_not_proved(
    storage: FolderStorage, kind: type[StoredAttachment]
) -> None:
    """A server that serves from a cache of its own has not been disturbed."""
    storage.write(PATH, CONTENT)
    fault = kind("relay", ("Bob",), DIGEST, storage, PATH, lambda: CONTENT)
    fault.begin()
    assert fault.proof() is None


def test_there_must_be_something_to_damage(storage: FolderStorage) -> None:
    fault = MissingAttachment("relay", ("Bob",), DIGEST, storage, PATH, lambda: None)
    with pytest.raises(FileNotFoundError):
        fault.begin()
