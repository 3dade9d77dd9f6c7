"""What can be read, decided by the event alone and the same way everywhere."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncproof_products.bundled.core.actions import Rejected
from syncproof_products.bundled.core.readable import MAX_COUNT, MAX_DEPTH, why_unreadable
from syncproof_products.bundled.core.wire import Draft, Page, Pull
from syncproof_products.bundled.tests.core.driven_device import DrivenDevice, event, events, of, op

DEEP = '{"op_id":"x","deep":' + "[" * 100_000 + "]" * 100_000 + "}"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", "not JSON"),
        ("hello", "not JSON"),
        ('{"half": ', "not JSON"),
        ('{"n": NaN}', "NaN is no JSON"),
        ("[1, 2]", "no JSON object"),
        ("null", "no JSON object"),
        (DEEP, f"deeper than {MAX_DEPTH}"),
        ("[" * 200_000, f"deeper than {MAX_DEPTH}"),
        ('{"n": ' + "9" * 5000 + "}", "not JSON"),
    ],
)
def test_what_is_wrong_is_said(body: str, words: str) -> None:
    assert words in (why_unreadable(Draft("x", "append", body)) or "")


def test_a_clock_that_leaves_no_room_for_the_next_change_is_none() -> None:
    assert why_unreadable(Draft("x", "put", "{}", "e", clock={"bob": MAX_COUNT - 1})) is None
    reason = why_unreadable(Draft("x", "put", "{}", "e", clock={"bob": 2**63 - 1}))
    assert reason == f"its clock counts {2**63 - 1} changes of bob"


def nested(depth: int) -> str:
    return '{"a":' * depth + "1" + "}" * depth


def test_the_depth_is_exact_and_brackets_in_texts_do_not_count() -> None:
    assert why_unreadable(Draft("x", "append", nested(MAX_DEPTH))) is None
    assert why_unreadable(Draft("x", "append", nested(MAX_DEPTH + 1))) is not None
    assert why_unreadable(Draft("x", "append", json.dumps({"text": "[" * 1000 + '"' + "{" * 1000}))) is None


@given(
    st.dictionaries(st.text(), st.recursive(st.none() | st.text() | st.integers(), st.lists, max_leaves=30))
)
def test_whatever_json_writes_can_be_read(said: dict[str, object]) -> None:
    assert why_unreadable(Draft("x", "append", json.dumps(said))) is None
    assert why_unreadable(Draft("x", "append", json.dumps(said, ensure_ascii=False))) is None


@given(st.text())
def test_no_text_at_all_breaks_the_reader(text: str) -> None:
    reason = why_unreadable(Draft("x", "append", text))
    assert reason is None or reason


def test_one_unreadable_event_holds_nothing_up() -> None:
    device = DrivenDevice()
    device.go_live()
    device.live(event(1), event(2, body=DEEP, kind="put", entry="e"), event(3))
    device.commit()
    assert [seen["n"] for seen in device.seen("deliver")] == [1, 2]
    [aside] = device.seen("quarantined")
    assert (aside["op_id"], aside["server_order"]) == ("bob-2", 2)
    assert "nested" in str(aside["reason"])
    assert [seen["new"] for seen in device.seen("marker")] == ["1", "2", "3"], "the marker passes it"
    assert device.core.metrics()["eventsQuarantined"] == 1


def test_a_page_goes_on_behind_an_unreadable_event() -> None:
    device = DrivenDevice()
    device.go_live(head=4)
    page = (event(1, body="?"), *events(2, 3), event(4, body="?"))
    device.answer(Pull, Page(page, 4, more=False))
    device.commit()
    assert device.core.deliveries == 2
    assert len(device.seen("quarantined")) == 2
    assert device.state == "live"


def test_nobody_can_send_what_nobody_could_read() -> None:
    device = DrivenDevice()
    device.go_live()
    [rejected] = of(device.submit(op(1, body="?")), Rejected)
    assert (rejected.code, "not JSON" in rejected.message) == ("invalid", True)
