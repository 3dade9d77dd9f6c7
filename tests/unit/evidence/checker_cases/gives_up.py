from __future__ import annotations

from typing import Any

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, exchange_of, good, told, unknown

from syncproof.evidence.records import Note

LIMITS: dict[str, Any] = {"device": "Bob", "since_ns": 0, "within_ns": 1000}
WHY = "sync-cli: the device could not connect"


def _ran(
    command: str = "pull", status: int = 1, said: str = WHY, took_ns: object = 1000, device: str = "Bob"
) -> Any:
    fields = {"command": command, "status": status, "texts": [], "said": said, "took_ns": took_ns}
    return lambda story: story.add(Note, device=device, what="command", fields=fields)


CASES = (
    unknown("empty", empty, "nobody tried a command on Bob's command line", **LIMITS),
    unknown("nothing of the kind", exchange_of(2), **LIMITS),
    unknown("another device", told(_ran(device="Alice")), **LIMITS),
    unknown("before it was asked", told(_ran(status=0)), **{**LIMITS, "since_ns": 10**18}),
    good("two", told(_ran(), _ran("push")), "Bob's command line gave up 2 commands", **LIMITS),
    good("with what it shows", told(_ran("status", said=f'{{"connection": "offline"}}\n{WHY}\n')), **LIMITS),
    bad("one of two goes on", told(_ran(), _ran("push", took_ns=1001)), "expected 'push' on Bob's command line",
        "it went on", **LIMITS),
    bad("nobody knows how long", told(_ran(took_ns=None)), "it went on", **LIMITS),
    bad("as if it were done", told(_ran(status=0)), "to fail; its exit status was 0", **LIMITS),
    bad("without a word", told(_ran(said="")), "to say why in one line; it said 0", **LIMITS),
    bad("with a traceback", told(_ran(said="Traceback\n  somewhere\nError")), "it said 3: Traceback", **LIMITS),
)  # fmt: skip

MUTANTS: tuple[Mutant, ...] = (
    ("if not runs:", "if False:"),
    ("if note.t_ns >= since_ns", ""),
    ('if not line.startswith("{")', ""),
    ("not isinstance(took_ns, int) or took_ns > within_ns", "not isinstance(took_ns, int)"),
    ('note.fields["status"] == 0', "False"),
    ("len(why) != 1", "len(why) > 1"),
    ("len(why) != 1", "not why"),
)
