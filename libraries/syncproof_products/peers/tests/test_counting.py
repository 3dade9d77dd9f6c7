"""What a peer counts of its own work, and of what it keeps."""

from __future__ import annotations

import os
from pathlib import Path

from syncproof_products.peers.agent.folder import Folder
from syncproof_products.peers.agent.store import Store
from syncproof_products.peers.core.heads import Head


def opened(directory: Path) -> tuple[Store, Folder]:
    store = Store(directory)
    return store, Folder(directory / "folder", directory / "aside", store)


def test_the_log_is_all_that_is_kept_but_the_content_of_files(tmp_path: Path) -> None:
    store, _ = opened(tmp_path)
    before = store.log_bytes()
    store.keep("b1", bytes(10_000))
    assert store.log_bytes() == before
    store.put_promise("lease", "Bob", 1)
    assert before < store.log_bytes() < before + 100


def test_a_file_is_hashed_once_until_it_is_written_again_also_after_a_restart(tmp_path: Path) -> None:
    store, folder = opened(tmp_path)
    (folder.root / "plan.txt").write_text("one")
    (found,) = folder.changes()
    folder.adopt(found, "op")
    digest = folder.tree()["plan.txt"]["digest"]
    assert (folder.tree()["plan.txt"]["digest"], folder.hashed) == (digest, 1)
    store.close()
    _, again = opened(tmp_path)
    assert (again.tree()["plan.txt"]["digest"], again.hashed) == (digest, 0)
    (again.root / "plan.txt").write_text("two")
    os.utime(again.root / "plan.txt", ns=(1, 1))
    assert again.tree()["plan.txt"]["digest"] != digest
    again.tree()
    assert again.hashed == 1


def test_versions_of_a_path_are_found_where_they_lie(tmp_path: Path) -> None:
    _, folder = opened(tmp_path)
    (folder.root / "plan.txt").write_text("one")
    (found,) = folder.changes()
    folder.adopt(found, "op")
    assert found.content is not None
    folder.lay("plan.txt", {"plan (conflict b).txt": Head("op2", 1, found.content)})
    assert sorted(folder.tree()) == ["plan (conflict b).txt"]
    folder.lay("plan.txt", {})
    assert folder.tree() == {}
