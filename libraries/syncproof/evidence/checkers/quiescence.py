"""Whether everything has come to rest: only then are verdicts on duplicates and order taken."""

from __future__ import annotations

from collections.abc import Iterable

from syncproof.evidence.checkers.verdict import count
from syncproof.evidence.history import History
from syncproof.evidence.records import Retry


def unsettled(
    history: History, now_ns: int, quiet_ns: int, devices: Iterable[str] | None = None
) -> str | None:
    """Why it is too early to judge, for people; None when everything is at rest.

    At rest: no operation waits for its answer, no retry is due in future, no device catches up, and nothing
    showed progress for `quiet_ns` (a full retry interval). devices: only these are waited for (default: all).
    """
    for device in history.devices if devices is None else devices:
        pending = history.pending.get(device)
        if pending:
            return f"{count(len(pending), 'operation')} of {device} not answered yet"
        if history.connection(device) == "catching_up":
            return f"{device} is catching up"
        retries = history.of(Retry, device)
        if retries and retries[-1].due_ns > now_ns:
            return f"{device} will retry {retries[-1].what}"
    quiet = now_ns - history.last_activity_ns
    if quiet < quiet_ns:
        return f"only {quiet / 1e9:.1f} s without progress, of {quiet_ns / 1e9:g} s"
    return None
