"""Names: any group and any device has one that NATS takes, and no two share it."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from syncproof_products.nats.agent.streams import AUTHOR, author_of, headers_of, stream_of, subject_of

NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40)
# What the server refuses in a name, or takes for more than a name.
REFUSED = re.compile(r"[.*>\s/\\%]|[^ -~]")


@given(NAMES)
def test_every_group_has_a_stream_and_one_subject(group: str) -> None:
    assert not REFUSED.search(stream_of(group))
    assert subject_of(group).count(".") == 1


@given(NAMES, NAMES)
def test_no_two_groups_share_a_stream(one: str, other: str) -> None:
    assert (stream_of(one) == stream_of(other)) == (one == other)


@given(NAMES, NAMES)
def test_an_author_is_read_as_it_was_written(device: str, op_id: str) -> None:
    headers = headers_of(device, op_id)
    assert author_of(headers) == device
    assert all(re.fullmatch(r"[!-~]+", value) for value in headers.values())


@given(NAMES, NAMES, NAMES, NAMES)
def test_two_operations_have_two_message_ids(device: str, op_id: str, peer: str, other: str) -> None:
    ids = [headers_of(*names)["Nats-Msg-Id"] for names in ((device, op_id), (peer, other))]
    assert (ids[0] == ids[1]) == ((device, op_id) == (peer, other))


def test_another_client_need_not_say_who_it_is() -> None:
    assert author_of(None) == author_of({"X": "y"}) == ""
    assert author_of({AUTHOR: "Zo%C3%AB"}) == "Zoë"
