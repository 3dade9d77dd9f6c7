"""What one device writes down the others read: once, whole, and of their own group."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from syncproof_products.syncthing.agent.register import Register, Written


def written(op_id: str, author: str = "Alice", **holds: int) -> Written:
    return Written(op_id, author, "put", "0" * 64, 1, {path: {"ABCDEFG": at} for path, at in holds.items()})


def test_each_line_is_read_once_by_everybody(tmp_path: Path) -> None:
    alice, bob = (Register(tmp_path, "notes", name) for name in ("Alice", "Bob"))
    alice.write(written("1", plan=1))
    assert [made.op_id for made in bob.new()] == ["1"]
    alice.write(written("2", plan=2))
    bob.write(written("3", "Bob", list=1))
    assert sorted(made.op_id for made in bob.new()) == ["2", "3"]
    assert sorted(made.op_id for made in alice.new()) == ["1", "2", "3"]
    assert list(bob.new()) == list(alice.new()) == []


def test_groups_are_apart(tmp_path: Path) -> None:
    Register(tmp_path, "notes", "Alice").write(written("1", plan=1))
    assert list(Register(tmp_path, "others", "Bob").new()) == []


def test_a_line_that_is_still_written_is_read_when_it_is_whole(tmp_path: Path) -> None:
    alice, bob = (Register(tmp_path, "notes", name) for name in ("Alice", "Bob"))
    alice.write(written("1", plan=1))
    (file,) = tmp_path.rglob("*.jsonl")
    line = file.read_bytes()
    file.write_bytes(line[:-9])
    assert list(bob.new()) == []
    file.write_bytes(line)
    assert [made.op_id for made in bob.new()] == ["1"]


@given(st.dictionaries(st.text("ab/", min_size=1), st.integers(1, 9), min_size=1))
def test_a_version_has_one_name_whatever_order_its_counters_come_in(counters: dict[str, int]) -> None:
    turned = dict(reversed(counters.items()))
    one = Written("1", "Alice", "put", "", 0, {"plan": counters})
    assert one.version == Written("1", "Alice", "put", "", 0, {"plan": turned}).version
    assert one.version != Written("1", "Alice", "put", "", 0, {"list": counters}).version
