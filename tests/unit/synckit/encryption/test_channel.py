"""Two ends of a channel, whatever pieces the stream between them makes of their bytes."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncproof_synckit.encryption.channel import MAX_HANDSHAKE_FRAME_BYTES, Channel
from syncproof_synckit.encryption.errors import FrameError, HandshakeFailed, Part, SessionFailed
from syncproof_synckit.encryption.frames import frame
from syncproof_synckit.encryption.noise.dh import DhKeys
from syncproof_synckit.encryption.noise.handshake import Role

DEVICE, RELAY = DhKeys(b"\x01" * 32), DhKeys(b"\x02" * 32)


def ends(known: bytes | None = None) -> tuple[Channel, Channel]:
    return (
        Channel(Role.INITIATOR, DEVICE, random=os.urandom, known=known),
        Channel(Role.RESPONDER, RELAY, random=os.urandom),
    )


def shake(
    device: Channel,
    relay: Channel,
    change: Callable[[int, bytes], bytes] = lambda _, sent: sent,
    piece: int = 5000,
) -> None:
    """The three messages, each as `change` makes it, in pieces."""
    device.begin()
    for number, (source, target) in enumerate([(device, relay), (relay, device), (device, relay)], 1):
        sent = change(number, source.to_send())
        for at in range(0, len(sent), piece):
            target.received(sent[at : at + piece])


def test_both_ends_know_each_other_and_speak() -> None:
    device, relay = ends(known=RELAY.public)
    shake(device, relay)
    assert device.ready
    assert relay.ready
    assert (device.remote_static, relay.remote_static) == (RELAY.public, DEVICE.public)
    relay.send(b"welcome")
    assert device.received(relay.to_send()) == b"welcome"


@settings(max_examples=25, deadline=None)
@given(piece=st.integers(1, 3000), said=st.lists(st.binary(max_size=200), max_size=6))
def test_any_pieces(piece: int, said: list[bytes]) -> None:
    device, relay = ends()
    shake(device, relay, piece=piece)
    for one in said:
        device.send(one)
    stream, got = device.to_send(), b""
    for at in range(0, len(stream), piece):
        got += relay.received(stream[at : at + piece])
    assert got == b"".join(said)


def test_much_at_once() -> None:
    device, relay = ends()
    shake(device, relay)
    device.send(b"x" * 200_000)
    assert relay.received(device.to_send()) == b"x" * 200_000


def in_frame(change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """A change of the message within its frame: four bytes of length, one of kind."""
    return lambda sent: frame(sent[4:5] + change(sent[5:]))


@pytest.mark.parametrize(
    ("number", "change", "part", "says"),
    [
        (1, in_frame(lambda m: m + b"x"), Part.POST_QUANTUM, "1 bytes too many"),
        (1, in_frame(lambda m: m[:-1]), Part.POST_QUANTUM, "1183 of 1184"),
        (2, in_frame(lambda m: m[:40] + bytes([m[40] ^ 1]) + m[41:]), Part.POST_QUANTUM, "authenticated"),
        (3, lambda sent: sent[:-1] + bytes([sent[-1] ^ 1]), Part.PAYLOAD, "authenticated"),
        (
            1,
            lambda sent: (MAX_HANDSHAKE_FRAME_BYTES + 1).to_bytes(4, "big") + sent[4:],
            Part.MESSAGE,
            "2049 bytes",
        ),
        (2, lambda sent: sent[:4] + b"\x07" + sent[5:], Part.MESSAGE, "kind is 7"),
    ],
)
def test_both_ends_learn_why_a_handshake_failed(
    number: int, change: Callable[[bytes], bytes], part: Part, says: str
) -> None:
    device, relay = ends()
    with pytest.raises(HandshakeFailed, match=says) as caught:
        shake(device, relay, lambda at, sent: change(sent) if at == number else sent)
    assert caught.value.part is part
    who, other = (relay, device) if number != 2 else (device, relay)
    assert not who.ready
    if not other.ready:
        with pytest.raises(HandshakeFailed, match=r"the other side gave up: .*" + says):
            other.received(who.to_send())


def test_another_relay_than_before_is_refused() -> None:
    device, relay = ends(known=DEVICE.public)
    with pytest.raises(HandshakeFailed, match="not the key that is known") as caught:
        shake(device, relay)
    assert caught.value.part is Part.IDENTITY


@pytest.mark.parametrize(
    ("said", "shown"), [(b"x" * 2000, "gave up: x"), (b"\x1b[31m", "kind is 1"), (b"\xff", "kind is 1")]
)
def test_what_a_stranger_says_is_shown_in_bounds(said: bytes, shown: str) -> None:
    device, _ = ends()
    device.begin()
    with pytest.raises(HandshakeFailed, match=shown) as caught:
        device.received(frame(b"\x01" + said))
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 600


def test_who_wrote_the_last_message_hears_that_it_was_refused() -> None:
    device, relay = ends()
    device.begin()
    relay.received(device.to_send())
    device.received(relay.to_send())
    assert device.ready
    with pytest.raises(HandshakeFailed):
        relay.received(frame(b"\x00" + b"x" * 64))
    with pytest.raises(HandshakeFailed, match=r"gave up: handshake: message 3: the classical part"):
        device.received(relay.to_send())


def test_a_frame_that_is_none_ends_a_session() -> None:
    device, relay = ends()
    shake(device, relay)
    with pytest.raises(FrameError):
        relay.received(b"GET / HTTP/1.1\r\n")
    device.send(b"first")
    first = device.to_send()
    others = ends()
    shake(*others)
    with pytest.raises(SessionFailed):
        others[1].received(first)


def test_nothing_is_sent_before_it_is_ready() -> None:
    device, _ = ends()
    with pytest.raises(SessionFailed, match="handshake has not ended"):
        device.send(b"too early")
