"""Messages of types that nobody knows: methods, paths, kinds of events, upgrades, opcodes."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from syncproof.evidence.met import CLOSED
from syncproof.faults.hostile_client.conversation import Conversation
from syncproof.kernel.server import RawRequest

_BAD = frozenset({400, 422})
_NOWHERE = frozenset({404})
_METHOD = frozenset({400, 405, 501})


def conversations(openings: Mapping[str, RawRequest]) -> list[Conversation]:
    """Made from `push`, `pull`, `live` and `unknown kind`, a push with an event of a kind that there is not."""
    push, live = openings["push"], openings["live"]
    good = openings["pull"].encode()
    upgrade = replace(live, headers={**live.headers, "Upgrade": "carrier-pigeon"})
    version = replace(live, headers={**live.headers, "Sec-WebSocket-Version": "99"})
    understood = {
        "an event of an unknown kind": (openings["unknown kind"], _BAD),
        "a method that is not for this": (replace(push, method="DELETE"), _METHOD),
        "an unknown path": (replace(push, path="/nowhere"), _NOWHERE),
        "an unknown part of a group": (replace(push, path=push.path + "-of-tomorrow"), _NOWHERE),
    }
    requests = {
        "an unknown method": (replace(push, method="BREW"), _METHOD),
        "an upgrade to an unknown protocol": (upgrade, frozenset({400, 404, 426, 501})),
        "a WebSocket of another version": (version, frozenset({400, 426})),
    }
    return [
        *(
            Conversation(what, (said.encode(),), refusals, then=good, answers=2, lives_on=True)
            for what, (said, refusals) in understood.items()
        ),
        *(Conversation(what, (said.encode(),), refusals) for what, (said, refusals) in requests.items()),
        Conversation(
            "HTTP/9.9", (push.encode().replace(b"HTTP/1.1", b"HTTP/9.9", 1),), frozenset({400, 505, CLOSED})
        ),
        Conversation(
            "a WebSocket frame with an unknown opcode",
            (live.encode(),),
            frozenset({CLOSED}),
            then=b"\x8b\x80\x00\x00\x00\x00",
            copies=2,
        ),
    ]
