"""What is judged of how clients were connected, and of what their servers count."""

from __future__ import annotations

from itertools import groupby

from syncproof.evidence.checkers.deadline import due, within
from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.workloads.channels.records import NO_COUNT, ChannelCount, ChannelState


def subscriber_count(
    history: History, *, device: str, channel: str, number: int, asked_ns: int, within_ns: int
) -> Verdict:
    """The server of a client counted so many subscribers of a channel when it was asked last, by the deadline."""
    deadline = due(history, asked_ns, within_ns)
    lines = [
        line
        for line in history.of(ChannelCount, device)
        if line.channel == channel and asked_ns <= line.t_ns <= deadline
    ]
    if not lines:
        refused = [
            f"{device}'s server did not answer: {str(note.fields['why']).rstrip('.')}"
            for note in history.notes(NO_COUNT, device)
            if note.fields["channel"] == channel and asked_ns <= note.t_ns <= deadline
        ]
        why = refused[-1] if refused else f"{device}'s server was not asked"
        return nothing_to_judge("subscriber_count", why)
    seen = lines[-1].subscribers
    shown = channel.rpartition("/")[2]
    wanted = f'{count(number, "subscriber")} of channel "{shown}"'
    expected = f"expected {device}'s server to count {wanted} {within(within_ns)}; it counts {seen}"
    faults = [expected] if seen != number else []
    return judge("subscriber_count", faults, (), f"{device}'s server counts {seen}")


def state_reported(history: History, *, device: str, state: str, asked_ns: int, within_ns: int) -> Verdict:
    """A client reported a state of its connection by the deadline, or was in it already and reported no other."""
    lines = history.of(ChannelState, device)
    if not lines:
        return nothing_to_judge("state_reported", f"{device} reported no state")
    deadline = due(history, asked_ns, within_ns)
    before = [line for line in lines if line.t_ns < asked_ns]
    since = [line for line in lines if asked_ns <= line.t_ns <= deadline]
    states = [line.state for line in since or before[-1:]]
    told = "reported" if since or not before else "is still"
    expected = (
        f"expected {device} to report {state} {within(within_ns)}; it {told} {', '.join(states) or 'nothing'}"
    )
    return judge("state_reported", [] if state in states else [expected], (), f"{device} {told} {state}")


def states_in_order(history: History, *, device: str, states: str) -> Verdict:
    """A client reported exactly these states of its connection, in this order.

    states: with commas.
    """
    seen = [state for state, _ in groupby(line.state for line in history.of(ChannelState, device))]
    if not seen:
        return nothing_to_judge("states_in_order", f"{device} reported no state")
    wanted = [state.strip() for state in states.split(",")]
    told = f"{device} reported {', '.join(seen)}"
    faults = [f"{told}, and should have reported {', '.join(wanted)}"] if seen != wanted else []
    return judge("states_in_order", faults, (), told)


LIVENESS = {
    "subscriber_count": subscriber_count,
    "state_reported": state_reported,
    "states_in_order": states_in_order,
}
