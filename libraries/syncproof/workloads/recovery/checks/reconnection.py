"""Whether devices that lost their server at once come back one by one, later and later."""

from __future__ import annotations

from itertools import pairwise

from syncproof.evidence.checkers.verdict import Verdict, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.evidence.records import Retry

#: So many attempts of a device show that its pauses grow.
_ATTEMPTS = 3
#: Loops round their timers to milliseconds.
_EARLY_NS = 1_000_000


def spread_out(
    history: History, *, device: str | None = None, base_ns: int, max_ns: int, jitter_percent: int
) -> Verdict:
    """Devices back off before each new connection, keep to it, and do not choose the same pauses.

    device: always None, since it takes two. base_ns, max_ns, jitter_percent: the devices' backoff. A pause may be
    longer: a server can ask for it.
    """
    found: dict[str, list[Retry]] = {}
    for line in history.of(Retry, device):
        if line.what == "connect":
            found.setdefault(line.device, []).append(line)
    tried = {name: retries for name, retries in found.items() if max(r.attempt for r in retries) >= _ATTEMPTS}
    if len(tried) < 2:
        return nothing_to_judge(
            "spread_out", f"{len(tried)} devices tried {_ATTEMPTS} times or more in a row to reconnect"
        )
    faults: list[str] = []
    for name, retries in tried.items():
        for retry in retries:
            least_ms = min(max_ns, base_ns << min(retry.attempt - 1, 40)) * (100 - jitter_percent) / 1e8
            if retry.delay_ms < least_ms * 0.999:
                faults.append(
                    f"expected {name} to wait {least_ms:.0f} ms or more after failure {retry.attempt} of a connection; "
                    f"it waited {retry.delay_ms:.0f} ms"
                )
        faults += [
            f"expected {name} to try again no sooner than it said; it failed again "
            f"{(first.due_ns - second.t_ns) / 1e6:.0f} ms before its attempt {second.attempt} was due"
            for first, second in pairwise(retries)
            if second.attempt == first.attempt + 1 and second.t_ns < first.due_ns - _EARLY_NS
        ]
    chosen: dict[tuple[int, float], set[str]] = {}
    for name, retries in tried.items():
        for retry in retries:
            chosen.setdefault((retry.attempt, retry.delay_ms), set()).add(name)
    faults += [
        f"expected devices to return one by one; {len(devices)} waited for the same {delay_ms:g} ms after failure "
        f"{attempt} of a connection"
        for (attempt, delay_ms), devices in chosen.items()
        if len(devices) > 1
    ]
    return judge("spread_out", faults, (), f"{len(tried)} devices backed off, each in its own way")


LIVENESS = {"spread_out": spread_out}
