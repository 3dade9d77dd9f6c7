"""What a checker says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from syncproof.evidence.history import History
from syncproof.evidence.records import VerdictResult

#: Operations that a message names before it says how many more there are.
NAMED = 6


@dataclass(frozen=True)
class Verdict:
    """One checker's judgement.

    result: `unknown` where the history does not show it either way; unknown fails a test. witness: the op_ids
    that the verdict rests on. remark: what people should know though it passed; "" for nothing. missing: op_ids that
    did not come.
    """

    checker: str
    result: VerdictResult
    message: str
    witness: tuple[str, ...] = ()
    remark: str = ""
    missing: tuple[str, ...] = ()


def named(history: History, op_ids: Iterable[str]) -> str:
    """Operations as people know them: `Alice #21, #22, Bob #3 and 4 more`."""
    ids = list(op_ids)
    parts: list[str] = []
    author = None
    for op_id in ids[:NAMED]:
        operation = history.operations.get(op_id)
        if operation is None:
            parts.append(history.name(op_id))
            author = None
        elif operation.author == author:
            parts.append(f"#{operation.author_n}")
        else:
            author = operation.author
            parts.append(f"{author} #{operation.author_n}")
    more = f" and {len(ids) - NAMED} more" if len(ids) > NAMED else ""
    return ", ".join(parts) + more


def count(number: int, one: str, many: str = "") -> str:
    """`1 message`, `3 messages`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def judge(
    checker: str, faults: list[str], witness: Iterable[str], passed: str, unknown: Sequence[str] = ()
) -> Verdict:
    """Fail with what was found; else unknown with what could not be judged; else pass.

    What was found is certain, whatever else could not be seen.
    """
    if faults:
        return Verdict(checker, "fail", "; ".join(faults), tuple(dict.fromkeys(witness)))
    if unknown:
        return Verdict(checker, "unknown", f"unknown: {'; '.join(unknown)}")
    return Verdict(checker, "pass", passed)


def unread(history: History, device: str) -> str:
    """Why a device's delivery log does not show what the device lacks; "" where it does."""
    log = history.devices.get(device)
    if log is None or log.whole:
        return ""
    if log.forgotten:
        return f"{device} was killed and started again, and its delivery log was not read since"
    return f"{device}'s delivery log was not read to its end since its last start"


def requests_unread(history: History) -> str:
    """Why the server's request log does not show all that was asked of it; "" where it does, as far as was read."""
    read = history.notes("request_log")
    return str(read[-1].fields["lacks"]) if read else ""


def nothing_to_judge(checker: str, what: str) -> Verdict:
    """The history is empty as far as this checker goes."""
    return Verdict(checker, "unknown", f"unknown: {what}, so there is nothing to judge")
