"""Whether the server has told a hostile client that it comes too often."""

from __future__ import annotations

from syncproof.evidence.checkers.deadline import within
from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.workloads.adversarial.records import Attacked


def attack_slowed(
    history: History, *, within_ns: int, times: int, asked_ns: int, device: str | None = None
) -> Verdict:
    """In every attack the server told the hostile client to come later, and never failed.

    within_ns: from when a connection was begun. times: attacks that there must have been; one that went wrong is
    enough to fail. asked_ns, device: are not looked at.
    """
    del asked_ns, device
    attacks = history.of(Attacked)
    faults: list[str] = []
    told = 0
    for attack in attacks:
        waits = sum(met.count for met in attack.met if met.told_to_wait and 429 in met.statuses)
        told += waits
        if not waits:
            connections = count(sum(met.count for met in attack.met), "connection")
            faults.append(
                f"attack {attack.n}: expected the server to tell the hostile client when to come again (429, "
                f"Retry-After); it said that on none of {connections}"
            )
        for met in attack.met:
            connections = f"{count(met.count, 'connection')} of attack {attack.n} with {met.what}"
            if met.ending in ("unreachable", "silent"):
                faults.append(f"{connections}: the server did not react")
            elif any(status >= 500 for status in met.statuses):
                faults.append(f"{connections}: the server failed at them ({met.statuses[-1]})")
            elif met.slowest_s * 1e9 > within_ns:
                faults.append(
                    f"{connections}: expected a reaction {within(within_ns)}; the last took {met.slowest_s:.1f} s"
                )
    if not faults and len(attacks) < times:
        return nothing_to_judge("attack_slowed", f"{count(len(attacks), 'attack')} of {times} came to an end")
    return judge("attack_slowed", faults, (), f"{count(told, 'connection')} told when to come again")


LIVENESS = {"attack_slowed": attack_slowed}
