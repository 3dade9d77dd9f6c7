from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from syncproof_products.bundled.core.outbox import Outbox
from syncproof_products.bundled.core.records import Op, Sealed
from syncproof_products.bundled.core.settings import Settings
from syncproof_products.bundled.core.wire import BlobRef

PICTURE = BlobRef("a" * 64, 3, "picture.png")


def op(number: int, group: str = "g", body: str = "{}", entry: str | None = None, blobs: bool = False) -> Op:
    kind = "put" if entry else "append"
    return Op(f"op-{number}", group, kind, body, entry, (), (PICTURE,) if blobs else ())


def filled(settings: Settings, *ops: Op) -> Outbox:
    outbox = Outbox(settings)
    for one in ops:
        outbox.add(one, {}, 0).committed = True
    return outbox


def ids(outbox: Outbox, group: str = "g", uploaded: tuple[str, ...] = ()) -> list[str]:
    return [pending.op.op_id for pending in outbox.batch(group, dict.fromkeys(uploaded))]


def test_a_batch_is_the_oldest_operations_of_one_group() -> None:
    outbox = filled(Settings(push_batch=2), op(1), op(2, "h"), op(3), op(4))
    assert ids(outbox) == ["op-1", "op-3"]
    assert ids(outbox, "h") == ["op-2"]
    assert ids(outbox, "unknown") == []


def test_a_batch_is_bounded_in_bytes_but_takes_one_whatever_its_size() -> None:
    outbox = filled(Settings(push_bytes=10), op(1, body="x" * 50), op(2))
    assert ids(outbox) == ["op-1"]
    outbox.remove("op-1")
    assert ids(outbox) == ["op-2"]


def test_what_is_not_durable_here_is_not_pushed_nor_what_is_behind_it() -> None:
    outbox = filled(Settings(), op(1), op(2))
    outbox.add(op(3), {}, 0)
    outbox.add(op(4), {}, 0).committed = True
    assert ids(outbox) == ["op-1", "op-2"]


def test_an_operation_waits_for_its_attachments_and_so_do_those_behind_it() -> None:
    outbox = filled(Settings(), op(1), op(2, blobs=True), op(3))
    assert ids(outbox) == ["op-1"]
    assert ids(outbox, uploaded=(PICTURE.digest,)) == ["op-1", "op-2", "op-3"]
    assert [pending.op.op_id for pending in outbox.needing(PICTURE.digest)] == ["op-2"]


def test_a_refused_batch_is_pushed_one_by_one_and_then_together_again() -> None:
    outbox = filled(Settings(), op(1), op(2), op(3), op(4))
    outbox.split("g", 2)
    pushed = []
    for _ in range(3):
        batch = ids(outbox)
        pushed.append(batch)
        for op_id in batch:
            outbox.remove(op_id)
        outbox.pushed_alone("g")
    assert pushed == [["op-1"], ["op-2"], ["op-3", "op-4"]]


def test_it_is_bounded() -> None:
    outbox = filled(Settings(outbox_limit=3, outbox_bytes=10), op(1, body="x" * 4))
    assert outbox.has_room(6)
    assert not outbox.has_room(7)
    outbox.add(op(2, body=""), {}, 0)
    outbox.add(op(3, body=""), {}, 0)
    assert not outbox.has_room(0)


def test_bytes_count_and_not_characters_and_those_that_are_pushed() -> None:
    outbox = filled(Settings(outbox_bytes=10, push_bytes=10), op(1, body="ä" * 4), op(2, body="ä"), op(3))
    assert not outbox.has_room(1)
    assert ids(outbox) == ["op-1", "op-2"]
    for number in (1, 2, 3):
        outbox.remove(f"op-{number}")
    assert outbox.has_room(10)
    outbox.add(op(4), {}, 0, sealed=Sealed("s" * 9)).committed = True
    outbox.add(op(5), {}, 0).committed = True
    assert not outbox.has_room(0)
    assert ids(outbox) == ["op-4"]


def test_the_last_pending_write_to_an_entry_gives_its_clock() -> None:
    outbox = Outbox(Settings())
    outbox.add(op(1, entry="e"), {"alice": 1}, 0)
    outbox.add(op(2, entry="e"), {"alice": 2}, 0)
    assert outbox.last_clock("g", "e") == {"alice": 2}
    outbox.remove("op-1")
    assert outbox.last_clock("g", "e") == {"alice": 2}
    outbox.remove("op-2")
    assert outbox.last_clock("g", "e") is None


class OutboxMachine(RuleBasedStateMachine):
    """Against a plain list."""

    def __init__(self) -> None:
        super().__init__()
        self.outbox = Outbox(Settings(push_batch=3))
        self.model: list[Op] = []
        self.count = 0

    @rule(group=st.sampled_from("gh"), blobs=st.booleans())
    def add(self, group: str, blobs: bool) -> None:
        self.count += 1
        new = op(self.count, group, blobs=blobs)
        self.outbox.add(new, {}, 0).committed = True
        self.model.append(new)

    @rule(number=st.integers(1, 30))
    def remove(self, number: int) -> None:
        known = [one for one in self.model if one.op_id == f"op-{number}"]
        assert (self.outbox.remove(f"op-{number}") is not None) == bool(known)
        self.model = [one for one in self.model if one not in known]

    @invariant()
    def same_as_the_list(self) -> None:
        assert len(self.outbox) == len(self.model)
        assert self.outbox.has_blobs == any(one.blobs for one in self.model)
        for group in "gh":
            expected = [one.op_id for one in self.model if one.group == group]
            assert self.outbox.waits(group) == bool(expected)
            assert ids(self.outbox, group, (PICTURE.digest,)) == expected[:3]


TestOutbox = OutboxMachine.TestCase
