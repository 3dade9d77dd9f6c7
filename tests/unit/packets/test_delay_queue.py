"""The bytes that go to and come from the kernel, as linux/netfilter/nfnetlink_queue.h lays them out."""

from __future__ import annotations

import struct

import pytest

from syncproof.faults.packets import delay_queue
from syncproof.faults.packets.delay_queue import attribute, message
from syncproof.faults.packets.queue import held
from syncproof.faults.packets.rules import Held


def test_attributes_are_padded_to_four_bytes() -> None:
    assert attribute(1, b"abc") == b"\x07\x00\x01\x00abc\x00"
    assert attribute(2, b"") == b"\x04\x00\x02\x00"


def test_binding_names_the_queue_in_network_order() -> None:
    first, *_ = delay_queue.binding(5)
    size, kind, flags = struct.unpack_from("=IHH", first)
    assert (size, kind, flags) == (len(first), 0x0302, 5)
    assert first[16:20] == b"\x00\x00\x00\x05"
    assert first[20:] == attribute(1, b"\x01\x00\x00\x02")


def test_a_packet_is_accepted_by_its_id() -> None:
    assert delay_queue.accept(5, 77)[20:] == attribute(2, struct.pack("!II", 1, 77))


def queued(*attributes: bytes) -> bytes:
    return message(0x0300, 0, 5, b"".join(attributes))


@pytest.mark.parametrize(
    ("attributes", "seen"),
    [
        ([attribute(1, struct.pack("!IHB", 9, 0x0800, 1)), attribute(10, b"x" * 40)], (9, 40)),
        (
            [
                attribute(1, struct.pack("!IHB", 9, 0x0800, 1)),
                attribute(10, b"x" * 64),
                attribute(13, b"\0\0\5\xdc"),
            ],
            (9, 1500),
        ),
        ([attribute(1, struct.pack("!IHB", 2**31, 0x0800, 1))], (2**31, 0)),
    ],
)
def test_queued_packets_are_read_with_their_whole_length(
    attributes: list[bytes], seen: tuple[int, int]
) -> None:
    two = queued(*attributes) + queued(*attributes)
    assert [delay_queue.packet(content) for kind, content in delay_queue.messages(two)] == [seen, seen]


def test_what_has_no_id_or_breaks_off_is_no_packet() -> None:
    [(_, content)] = delay_queue.messages(queued(attribute(10, b"x" * 8)))
    with pytest.raises(ValueError, match="without an id"):
        delay_queue.packet(content)
    assert list(delay_queue.messages(b"\x04\x00\x00\x00" + bytes(12))) == []


def test_a_refusal_is_an_error_number() -> None:
    assert delay_queue.refusal(struct.pack("=i", -1) + bytes(16)) == 1
    assert delay_queue.refusal(struct.pack("=i", 0)) == 0


def test_the_last_word_of_the_program_counts() -> None:
    assert held("ready\nheld 3 180\nheld 7 900\n") == Held(7, 900)
    assert held("ready\n") == Held(0, 0)
    assert held("ready\nheld 3 180\nheld 7") == Held(3, 180)
