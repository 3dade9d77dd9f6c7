"""What is judged of what clients were told of channels."""

from __future__ import annotations

from bisect import bisect_left
from math import ceil
from typing import Literal

from syncproof.evidence.checkers.deadline import due, within
from syncproof.evidence.checkers.verdict import Verdict, count, judge, named, nothing_to_judge, unread
from syncproof.evidence.history import History
from syncproof.evidence.records import NEVER, Interval
from syncproof.workloads.channels.records import ChannelPublish, ChannelRefetch, ChannelSubscription

#: Events that must have come before a share of them means something.
_ENOUGH = 10
#: A channel that nobody has named, for people.
_HERE = "/"


def nothing_missed(
    history: History, *, device: str | None = None, delivery: Literal["all", "refetch"] = "all"
) -> Verdict:
    """Whoever is subscribed is told of each event whose publisher was told that it went out, or to refetch afterwards.

    An event counts from when it was asked for: it can have been missed only later, and whoever is told to refetch
    after that knows that it may have missed something. A subscription lasts from its confirmation until the client
    wants to leave, also over a connection that is lost; what was on its way then, behind the last that it was told, it
    need not be told. What was published in another deployment is not meant for it. A history without subscriptions
    passes, but for a system that promises `refetch`: this check alone judges there whether anything was lost.

    device: judge only this one. delivery: what the system promises.
    """
    if not history.lines:
        return nothing_to_judge("nothing_missed", "the history is empty")
    faults: list[str] = []
    witness: list[str] = []
    unknown: list[str] = []
    judged, deployments = 0, _deployments(history)
    for (name, channel), spans in _subscriptions(history).items():
        if device not in (None, name):
            continue
        if why := unread(history, name):
            unknown.append(why)
            continue
        delivered = history.delivered(name)
        refetched = [line.t_ns for line in history.of(ChannelRefetch, name) if channel in line.channels]
        latest = _latest_told(history, name, channel, spans)
        missed = []
        for asked in history.invokes_by_group.get(channel, ()):
            ack = history.acks.get(asked.op_id)
            if ack is None or not any(
                since < asked.t_ns
                and ack.t_ns < until
                and (until == NEVER or asked.t_ns < latest.get((asked.author, since), 0))
                for since, until in spans
            ):
                continue
            if deployments.get(asked.device) != deployments.get(name):
                continue
            judged += 1
            told_after = bisect_left(refetched, asked.t_ns) < len(refetched)
            if asked.op_id not in delivered and not told_after:
                missed.append(asked.op_id)
        if missed:
            witness += missed
            faults.append(
                f"{name} was subscribed to {_shown(channel)}, and missed {count(len(missed), 'event')} without being "
                f"told to refetch: {named(history, missed)}"
            )
    if delivery == "refetch" and history.acks and not judged:
        unknown.append("events went out, and nobody is known to have been subscribed meanwhile")
    return judge(
        "nothing_missed", faults, witness, f"{count(judged, 'event')} told, or to be refetched", unknown
    )


def subscribed_only(history: History, *, device: str | None = None) -> Verdict:
    """Nobody is told of an event that was published before it subscribed, or after it had left.

    An event that was asked for while a subscription lasted, or before that and not yet acknowledged, may be told; one
    that was published in another deployment may not. A history without subscriptions passes.

    device: judge only this one.
    """
    if not history.lines:
        return nothing_to_judge("subscribed_only", "the history is empty")
    subscriptions, deployments = _subscriptions(history), _deployments(history)
    faults: list[str] = []
    witness: list[str] = []
    judged = 0
    for name in sorted({name for name, _ in subscriptions}):
        if device not in (None, name):
            continue
        wrong = []
        for told in history.delivered(name).values():
            asked = history.operations.get(told.op_id)
            if asked is None:
                continue
            judged += 1
            ack = history.acks.get(told.op_id)
            done = ack.t_ns if ack else NEVER
            spans = _asked_for(history, name, told.group)
            here = deployments.get(asked.device) == deployments.get(name)
            if not (here and any(asked.t_ns < until and done > since for since, until in spans)):
                wrong.append(told.op_id)
        if wrong:
            witness += wrong
            faults.append(
                f"{name} was told of {count(len(wrong), 'event')} of channels that it was not subscribed to: "
                f"{named(history, wrong)}"
            )
    return judge("subscribed_only", faults, witness, f"{count(judged, 'event')}, all of them subscribed to")


def events_told(
    history: History, *, device: str, channel: str, number: int, asked_ns: int, within_ns: int
) -> Verdict:
    """A client was told of so many events of a channel by the deadline, no more and no fewer.

    number: of them, at least 1; one that came twice counts twice.
    """
    if not number:
        return nothing_to_judge("events_told", "that there are no events holds before anything has happened")
    return _told(
        "events_told",
        history,
        device,
        channel,
        number,
        due(history, asked_ns, within_ns),
        f" {within(within_ns)}",
    )


def events_in_all(history: History, *, device: str, channel: str, number: int) -> Verdict:
    """A client was told of so many events of a channel in the end, no more and no fewer."""
    return _told("events_in_all", history, device, channel, number, NEVER, " in all")


def event_latency(history: History, *, device: str, share: float, most_ms: int) -> Verdict:
    """So large a share of the events of others came to a client so soon after the request that published them.

    share: from 0 to 1. most_ms: the bound, which belongs to it; it runs from the first request for an event, also where
    its reply was lost.
    """
    delivered = history.delivered(device)
    began: dict[str, int] = {}
    for line in history.of(ChannelPublish):
        if line.device != device and line.op_id in delivered:
            began.setdefault(line.op_id, line.began_ns)
    if len(began) < _ENOUGH:
        return nothing_to_judge(
            "event_latency", f"{device} was told of fewer than {_ENOUGH} events of others"
        )
    took = sorted((delivered[op_id].t_ns - since) / 1e6 for op_id, since in began.items())
    slowest = took[max(1, ceil(share * len(took))) - 1]
    seen = f"{share:.0%} of {count(len(took), 'event')} reached {device} within {slowest:.0f} ms"
    faults = [f"{seen}, and should have within {most_ms} ms"] if slowest > most_ms else []
    return judge("event_latency", faults, (), seen)


def refetch_told(history: History, *, device: str, channel: str, asked_ns: int, within_ns: int) -> Verdict:
    """A client was told to refetch a channel since the last fault began, by the deadline."""
    if not history.faults:
        return nothing_to_judge("refetch_told", "there was no fault")
    began = max(edges[0].t_ns for edges in history.faults.values())
    deadline = due(history, asked_ns, within_ns)
    lines = [line for line in history.of(ChannelRefetch, device) if channel in line.channels]
    told = any(began <= line.t_ns <= deadline for line in lines)
    expected = f"expected {device} to be told to refetch {_shown(channel)} {within(within_ns)}"
    return judge(
        "refetch_told", [] if told else [expected], (), f"{device} was told to refetch {_shown(channel)}"
    )


def refused_meanwhile(history: History, *, device: str) -> Verdict:
    """No request of a client that began while the last fault was proved to be on was answered 200 before its end."""
    proved = [edge for edges in history.faults.values() for edge in edges if edge.effective]
    if not proved:
        return nothing_to_judge("refused_meanwhile", "no fault was proved")
    last = max(proved, key=lambda edge: edge.t_ns)
    ends = [edge.lifted_ns for edge in history.faults[last.fault_id] if edge.edge == "end"]
    until = ends[0] if ends else NEVER
    lines = history.of(ChannelPublish, device)
    meanwhile = [line for line in lines if last.t_ns < line.began_ns and line.t_ns < until]
    if not meanwhile:
        return nothing_to_judge(
            "refused_meanwhile", f"{device} had no request answered while the fault was on"
        )
    told = [line.op_id for line in meanwhile if line.status == 200]
    wrong = f"{device} was told that {count(len(told), 'event')} went out while the {last.kind} of "
    faults = [f"{wrong}{' and '.join(last.target)} lasted: {named(history, told)}"] if told else []
    return judge(
        "refused_meanwhile", faults, told, f"{count(len(meanwhile), 'request')}, none answered 200 meanwhile"
    )


def _told(
    check: str, history: History, device: str, channel: str, number: int, deadline: int, by: str
) -> Verdict:
    published = history.invokes_by_group.get(channel)
    if not published:
        return nothing_to_judge(check, f"nothing was published on {_shown(channel)}")
    lines = [line for line in history.deliveries(device) if line.group == channel and line.t_ns <= deadline]
    expected = f"expected {device} to be told of {count(number, 'event')} of {_shown(channel)}{by}"
    if len(lines) == number:
        return Verdict(check, "pass", f"{device} was told of {count(number, 'event')}")
    told = {line.op_id for line in lines}
    lacks = tuple(each.op_id for each in published if each.op_id not in told) if len(lines) < number else ()
    return Verdict(check, "fail", f"{expected}; it was told of {len(lines)}", missing=lacks)


def _subscriptions(history: History) -> dict[tuple[str, str], list[Interval]]:
    """(client, channel) -> from when to when its subscription was in force."""
    found: dict[tuple[str, str], list[Interval]] = {}
    open_: dict[tuple[str, str], int] = {}
    for line in history.of(ChannelSubscription):
        key = (line.device, line.channel)
        if line.state == "confirmed":
            open_.setdefault(key, line.t_ns)
        elif line.state in ("leaving", "left") and key in open_:
            found.setdefault(key, []).append((open_.pop(key), line.t_ns))
    for key, since in open_.items():
        found.setdefault(key, []).append((since, NEVER))
    return found


def _latest_told(
    history: History, name: str, channel: str, spans: list[Interval]
) -> dict[tuple[str, int], int]:
    """(author, beginning of a subscription) -> when the last event was asked for that the client was told of in it."""
    latest: dict[tuple[str, int], int] = {}
    for told in history.delivered(name).values():
        asked = history.operations.get(told.op_id)
        for since, until in spans if asked is not None and told.group == channel else ():
            if asked is not None and since < asked.t_ns < until:
                key = (asked.author, since)
                latest[key] = max(asked.t_ns, latest.get(key, 0))
    return latest


def _asked_for(history: History, name: str, channel: str) -> list[Interval]:
    """From when to when a client had asked for a channel, whether or not that was confirmed."""
    found: list[Interval] = []
    since = NEVER
    for line in history.of(ChannelSubscription, name):
        if line.channel != channel:
            continue
        if line.state == "left":
            found.append((since, line.t_ns))
            since = NEVER
        elif since == NEVER:
            since = line.t_ns
    return [*found, (since, NEVER)] if since < NEVER else found


def _deployments(history: History) -> dict[str, object]:
    """Client -> the node that it connects to in place of the usual one."""
    return {note.device: note.fields["node"] for note in history.notes("connects_to")}


def _shown(channel: str) -> str:
    return f'channel "{channel.rpartition(_HERE)[2]}"'


SAFETY = {"nothing_missed": nothing_missed, "subscribed_only": subscribed_only}
LIVENESS = {
    "events_told": events_told,
    "events_in_all": events_in_all,
    "event_latency": event_latency,
    "refetch_told": refetch_told,
    "refused_meanwhile": refused_meanwhile,
}
