"""What a scenario needs of a system, drawn from its sentences: those who write scenarios need not think of it.

A need is a capability of the agent protocol, `marker`, or one with the least that will do, `outbox:memory`. A sentence
says in its class what it always needs (`Step.needs`); what only the story tells is here: sending while offline needs an
outbox, a kill of who has sent needs one on disk, an attachment over connections that keep breaking off needs transfers
that go on where they stopped.
"""

from __future__ import annotations

from collections.abc import Sequence

from syncproof.systems.agent import Capabilities
from syncproof.world.cast import Device
from syncproof.world.step import Step, emit
from syncproof.world.steps.attachments import (
    DownloadIsCut,
    KilledDuringDownload,
    SendsNamed,
    SendsWithOneAttachment,
    WritesEntryWithAttachment,
    WritesEntryWithSameAttachment,
)
from syncproof.world.steps.crash import KilledAfterReceiving
from syncproof.world.steps.cut import IsRestored
from syncproof.world.steps.delivery import HasAttachments
from syncproof.world.steps.entries import DeletesEntry, ResolvesEntry, WritesEntry, WritesVersions
from syncproof.world.steps.link import BreaksOff
from syncproof.world.steps.messages import (
    Sends,
    SendsBacklog,
    SendsOver,
    SendsRange,
    SendsSized,
    SendsWithAttachments,
)
from syncproof.world.steps.presence import (
    AllComeOnline,
    AllGoOffline,
    ComesOnline,
    GoesOffline,
    IsKilled,
    KilledDuringCatchUp,
)

#: Values that are more than others, the least first. Where there is no such order a value must be met exactly.
_MORE = {
    "order": ("none", "sender", "causal", "total"),
    "outbox": ("none", "memory", "durable"),
    "conflicts": ("none", "lww", "siblings"),
}
_SENDS = (
    *(Sends, SendsOver, SendsRange, SendsSized, SendsWithAttachments, SendsBacklog),
    *(WritesEntry, WritesVersions, DeletesEntry, ResolvesEntry),
    *(SendsWithOneAttachment, SendsNamed, WritesEntryWithAttachment, WritesEntryWithSameAttachment),
)
_KILLS = (IsKilled, KilledAfterReceiving, KilledDuringCatchUp, KilledDuringDownload)
_GO, _COME = GoesOffline | AllGoOffline, ComesOnline | AllComeOnline

_WORDS = {
    "awaits": "entries that wait for their attachments",
    "blobs": "attachments",
    "breaker": "a circuit breaker",
    "breaker_settings": "a manifest that says when a circuit breaker opens, by breaker_failures and breaker_cooldown_s",
    "clock": "a clock that can be moved",
    "conflicts:siblings": "versions that are kept side by side",
    "conflicts:lww": "entries",
    "history": "a past that a new installation gets back",
    "marker": "a read marker",
    "operator": "a server whose attachments and request log the harness can look into",
    "other_client": "a server at which the harness can be another client",
    "order:total": "one order on all devices",
    "outbox:durable": "an outbox that survives a kill",
    "outbox:memory": "an outbox",
    "pause": "a pipeline that can be stopped",
    "verification": "devices that verify each other",
    "server_log": "a server whose own log can be read",
    "request_log": "a server whose request log can be read",
    "range": "transfers that go on where they stopped",
}


def needs_of(story: Sequence[Step]) -> dict[str, str]:
    """Each need of a scenario, with the sentence that has it."""
    found: dict[str, str] = {}
    for place, step in enumerate(story):
        for need in (*step.needs, *_by_story(step, story[:place])):
            found.setdefault(need, emit(step))
    return found


def unmet(story: Sequence[Step], capabilities: Capabilities) -> dict[str, str]:
    """The needs that a system does not meet, with their sentences."""
    return {need: sentence for need, sentence in needs_of(story).items() if not meets(capabilities, need)}


def meets(capabilities: Capabilities, need: str) -> bool:
    """Whether a system declares what is needed."""
    name, _, least = need.partition(":")
    declared = getattr(capabilities, name)
    if not least:
        return declared not in (False, "none")
    scale = _MORE.get(name)
    return bool(declared == least if scale is None else scale.index(declared) >= scale.index(least))


def in_words(need: str) -> str:
    """A need for people."""
    return f"{_WORDS[need]} ({need})" if need in _WORDS else need


def _by_story(step: Step, before: Sequence[Step]) -> list[str]:
    found = []
    if isinstance(step, _SENDS) and _is_offline(step.device, before):
        found.append("outbox:memory")
    if isinstance(step, _KILLS) and any(isinstance(s, _SENDS) and s.device == step.device for s in before):
        found.append("outbox:durable")
    if isinstance(step, HasAttachments) and _keeps_breaking_off(step.device, before):
        found.append("range")
    return found


def _is_offline(device: Device, before: Sequence[Step]) -> bool:
    """Whether the last that was said of its connection is that it went."""
    for step in reversed(before):
        if isinstance(step, _GO | _COME) and device in _devices(step):
            return isinstance(step, _GO)
    return False


def _keeps_breaking_off(device: Device, before: Sequence[Step]) -> bool:
    turns = [
        s for s in before if isinstance(s, BreaksOff | DownloadIsCut | IsRestored) and s.device == device
    ]
    return bool(turns) and isinstance(turns[-1], BreaksOff | DownloadIsCut)


def _devices(step: GoesOffline | AllGoOffline | ComesOnline | AllComeOnline) -> Sequence[Device]:
    return step.devices.names if isinstance(step, AllGoOffline | AllComeOnline) else (step.device,)
