"""Whether the server has refused what a hostile client wanted."""

from __future__ import annotations

from collections.abc import Iterator

from syncproof.evidence.checkers.deadline import within
from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.evidence.met import CLOSED, Met
from syncproof.workloads.adversarial.records import Attacked

_UPGRADED = 101


def attack_refused(
    history: History, *, within_ns: int, times: int, asked_ns: int, device: str | None = None
) -> Verdict:
    """The server ended or refused every connection of a hostile client in time, for a reason that fits the attack.

    within_ns: from when the connection was begun. times: attacks that there must have been; one that went wrong is
    enough to fail. asked_ns, device: are not looked at.
    """
    del asked_ns, device
    attacks = history.of(Attacked)
    if attacks and all(met.ending == "unreachable" for met in attacks[0].met):
        return nothing_to_judge("attack_refused", "no connection of the first attack came about")
    faults: list[str] = []
    unknown: list[str] = []
    refused = stayed = 0
    for attack in attacks:
        for met in attack.met:
            connections = f"{count(met.count, 'connection')} of attack {attack.n} with {met.what}"
            if wrong := _wrong(met):
                faults.append(f"{connections}: {wrong}")
            elif met.slowest_s * 1e9 > within_ns:
                faults.append(
                    f"{connections}: expected the server to refuse them {within(within_ns)}; "
                    f"the last took {met.slowest_s:.1f} s"
                )
            elif why := "; ".join(_beside_the_point(met)):
                unknown.append(f"{connections}: {why}")
            elif met.ending == "left" and not met.statuses:
                stayed += met.count
            else:
                refused += met.count
    if not faults and len(attacks) < times:
        return nothing_to_judge(
            "attack_refused", f"{count(len(attacks), 'attack')} of {times} came to an end"
        )
    passed = f"{count(refused, 'connection')}, each refused"
    if stayed:
        passed += f"; {count(stayed, 'other')} left by themselves"
    return judge("attack_refused", faults, (), passed, unknown)


def _answers(met: Met) -> tuple[int, ...]:
    """The statuses of what was hostile."""
    return met.statuses[:1] if met.lives_on else met.statuses


def _wrong(met: Met) -> str:
    """What the server should not have done; "" for nothing."""
    if met.ending == "unreachable":
        return "the server could not be reached any more"
    if met.ending == "silent" or (met.ending == "left" and not met.statuses and not met.may_stay):
        return "the server neither answered nor ended them"
    for status in _answers(met):
        if status == 500 or (status > 500 and status not in met.refusals):
            return f"the server failed at them ({status})"
        taken = 200 <= status < 400 or (status == _UPGRADED and met.ending == "left")
        if taken and status not in met.refusals:
            return f"the server took them ({status})"
    if met.lives_on and [200 <= status < 300 for status in met.statuses[1:]] != [True]:
        return "the server did not go on with them behind its refusal"
    return ""


def _beside_the_point(met: Met) -> Iterator[str]:
    """Why a refusal says nothing about this attack."""
    last = _answers(met)[-1] if met.statuses else 0
    if met.ending == "left" and last in (0, _UPGRADED):
        return
    if met.ending == "closed" and last in (0, _UPGRADED):
        if CLOSED not in met.refusals:
            yield "the server ended them and said nothing"
    elif last not in met.refusals:
        expected = " or ".join(str(status) for status in met.refusals if status) or "the end"
        yield f"they were refused with {last}, expected {expected}: for a reason that is not the attack's"


LIVENESS = {"attack_refused": attack_refused}
