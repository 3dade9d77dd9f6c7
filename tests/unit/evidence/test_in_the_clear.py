"""What stands in the clear is found, however it was wrapped, and nothing else."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE
from urllib.parse import quote

import pytest

from syncproof.evidence import in_the_clear
from syncproof.evidence.in_the_clear import memory_of, op_ids_in, pieces_of

BODY = json.dumps({"op_id": "g/Alice/1", "from": "Alice", "n": 1, "text": "message 1 of Alice"})
WORDS = b'{"text":"message 1 of Alice"}'
WAYS = {
    "as it is": BODY.encode(),
    "escaped": json.dumps({"body": BODY}).encode(),
    "escaped twice": json.dumps({"e": json.dumps({"body": BODY})}).encode(),
    "its words alone": WORDS,
    "hex": b"x-trace: " + BODY.encode().hex().encode(),
    "hex behind one such letter": b"id_a" + BODY.encode().hex().encode(),
    "base64": b"x-trace: " + base64.b64encode(BODY.encode()),
    "base64 for an address": b"/a?b=" + base64.urlsafe_b64encode(BODY.encode()),
    "base64 behind two letters": b"ab" + base64.b64encode(BODY.encode()),
    "UTF-16": BODY.encode("utf-16-le"),
    "quoted for an address": quote(BODY).encode(),
}


@pytest.mark.parametrize("bytes_", WAYS.values(), ids=WAYS)
def test_a_body_is_found(bytes_: bytes) -> None:
    assert list(op_ids_in("g", [b"\1\2\3" + bytes_ + b"\xff"])) == ["g/Alice/1"]


@pytest.mark.parametrize(
    "bytes_",
    [
        b'{"op_id":"g/Alice/1","kind":"append","body":"{\\"sealed\\":\\"AAAA\\"}"}',
        base64.b64encode(os.urandom(600)),
        os.urandom(600).hex().encode(),
        b"",
    ],
    ids=["the name under which a send is repeated", "base64", "hex", "nothing"],
)
def test_what_nobody_can_read_is_not_found(bytes_: bytes) -> None:
    assert not op_ids_in("g", [bytes_])


def test_what_lies_across_two_pieces_of_a_file_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_the_clear, "_PIECE", 64)
    monkeypatch.setattr(in_the_clear, "_OVERLAP", 60)
    for start in range(60, 70):
        (tmp_path / "file").write_bytes(b"x" * start + WORDS + b"x" * 40)
        assert "g/Alice/1" in op_ids_in("g", pieces_of(tmp_path / "file")), start


def test_the_memory_of_a_process_is_looked_through() -> None:
    # A small one: what this process has gathered by now takes minutes on a busy machine.
    keeps = "kept = b'message ' + b'70001 of Carol'; print(flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", keeps], stdin=PIPE, stdout=PIPE) as other:
        assert other.stdout
        assert other.stdout.readline() == b"\n"
        assert "g/Carol/70001" in op_ids_in("g", memory_of(other.pid))
        other.communicate(b"\n")


def test_memory_that_may_not_be_read_is_no_memory_without_a_find(monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = (1 << 12, 1 << 13)
    monkeypatch.setattr(in_the_clear, "_regions", lambda _: [(*nowhere, True)])
    with pytest.raises(OSError, match="error"):
        list(memory_of(os.getpid()))
    monkeypatch.setattr(in_the_clear, "_regions", lambda _: [(*nowhere, False)])
    assert list(memory_of(os.getpid())) == []
    answers = iter([[(*nowhere, True)], []])  # it is gone by now
    monkeypatch.setattr(in_the_clear, "_regions", lambda _: next(answers))
    assert list(memory_of(os.getpid())) == []
