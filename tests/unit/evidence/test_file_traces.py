"""What gives away to Mallory that there is a file, or what is in it."""

from __future__ import annotations

import hashlib

from syncproof.workloads.files.access import traces
from syncproof.workloads.files.records import FileAsked, FileState


def wrote(device: str, path: str, said: str | None) -> FileAsked:
    file = FileState(digest=hashlib.sha256(said.encode()).hexdigest()) if said is not None else None
    return FileAsked(t_ns=0, device=device, op_id=path, action="write", path=path, file=file)


def test_names_contents_and_digests_give_a_file_away() -> None:
    said = {hashlib.sha256(each.encode()).hexdigest(): each for each in ("one", "two" * 100)}
    lines = [
        wrote("Bob", "secret/plan.txt", "one"),
        wrote("Bob", "secret/plan.txt", "two" * 100),
        wrote("Bob", "secret/list.txt", None),
        wrote("Alice", "list.txt", "one"),
    ]
    found = traces(lines, said.__getitem__)
    of_one = {hashlib.sha256(b"one").hexdigest().encode(), hashlib.sha256(b"one").digest(), b"one"}
    assert found.keys() == {"secret/plan.txt", "secret/list.txt", "list.txt"}
    assert found["list.txt"] == {b"list.txt", *of_one}
    assert found["secret/list.txt"] == {b"secret/list.txt"}, "who has the other list has its name"
    assert {b"secret/plan.txt", b"plan.txt", *of_one} < found["secret/plan.txt"]
    assert (b"two" * 100)[:100] in found["secret/plan.txt"]
