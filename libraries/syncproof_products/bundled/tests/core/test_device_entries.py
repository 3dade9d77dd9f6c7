"""What a device writes into one entry, one after the other, with the relay's answers in between."""

from __future__ import annotations

from syncproof_products.bundled.core.actions import Commit
from syncproof_products.bundled.core.records import EntryState, EntryStored, GroupState, Snapshot
from syncproof_products.bundled.core.wire import Draft, Push, Pushed
from syncproof_products.bundled.tests.core.driven_device import GROUP, DrivenDevice, calls, event, of, op


def pushed(device: DrivenDevice) -> list[Draft]:
    return [draft for push in calls(device.actions, Push) for draft in push.drafts]


def test_a_write_knows_of_the_one_before_it_that_the_relay_has_and_the_log_has_not() -> None:
    """Between the answer of the push and the event on the stream, the device's own last write is in neither."""
    device = DrivenDevice()
    device.go_live()
    device.submit(op(1, kind="put", entry="e"))
    device.commit()
    device.answer(Push, Pushed((("op-1", 1),), 1))
    device.commit()
    device.submit(op(2, kind="put", entry="e"))
    device.commit()
    first, second = pushed(device)
    assert (first.clock, second.clock) == ({"alice": 1}, {"alice": 2})
    device.live(
        event(1, "alice", op_id="op-1", kind="put", entry="e", clock=first.clock, body=first.body),
        event(2, "alice", op_id="op-2", kind="put", entry="e", clock=second.clock, body=second.body),
    )
    device.commit()
    assert [version.version for version in device.core._entries.siblings(GROUP, "e")] == ["2"]


def test_a_write_on_top_of_an_own_resolution_that_the_log_has_not_knows_all_that_it_resolved() -> None:
    device = DrivenDevice()
    device.go_live()
    device.live(
        event(1, "bob", kind="put", entry="e", clock={"bob": 1}),
        event(2, "carol", kind="put", entry="e", clock={"carol": 1}),
    )
    device.commit()
    device.submit(op(1, kind="resolve", entry="e", base=("1", "2")))
    device.commit()
    device.answer(Push, Pushed((("op-1", 3),), 3))
    device.commit()
    device.submit(op(2, kind="put", entry="e", base=("2",)))
    device.commit()
    assert pushed(device)[-1].clock == {"bob": 1, "carol": 1, "alice": 2}


def test_that_write_is_known_of_after_a_restart_as_well() -> None:
    device = DrivenDevice()
    device.go_live()
    device.submit(op(1, kind="put", entry="e"))
    device.commit()
    [commit] = of(device.answer(Push, Pushed((("op-1", 1),), 1)), Commit)
    [kept] = [change for change in commit.changes if isinstance(change, EntryStored)]
    groups = (GroupState(GROUP, ("alice",), joined=True),)
    again = DrivenDevice(
        snapshot=Snapshot(groups=groups, entries=(EntryState(GROUP, "e", (), kept.context),))
    )
    again.go_live()
    again.submit(op(2, kind="put", entry="e"))
    again.commit()
    assert [draft.clock for draft in pushed(again)] == [{"alice": 2}]


def test_the_acknowledgement_of_a_message_says_nothing_of_an_entry() -> None:
    device = DrivenDevice()
    device.go_live()
    device.submit(op(1, entry="e"))
    device.commit()
    [commit] = of(device.answer(Push, Pushed((("op-1", 1),), 1)), Commit)
    assert not any(isinstance(change, EntryStored) for change in commit.changes)
