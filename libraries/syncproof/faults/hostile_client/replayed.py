"""What a device has said on its connections is said once more, byte by byte."""

from __future__ import annotations

import re
from collections.abc import Sequence

from syncproof.evidence.met import CLOSED
from syncproof.faults.hostile_client.conversation import Conversation

_REQUEST = re.compile(rb"^[A-Z]+ /\S* HTTP/1\.1\r$", re.MULTILINE)
#: What was done once may be answered as it was then, and it may be refused.
_ANSWERS = frozenset({200, 201, 400, 401, 403, 404, 409, 425, CLOSED})


def conversations(recorded: Sequence[bytes]) -> list[Conversation]:
    """One for each connection on which something was said. A server that talks over a channel just ends them."""
    return [
        Conversation(
            f"connection {n} once more",
            (said,),
            _ANSWERS,
            answers=max(1, len(_REQUEST.findall(said))),
            leaves=True,
            copies=3,
        )
        for n, said in enumerate(filter(None, recorded), 1)
    ]
