"""What a scenario needs of a system, drawn from its sentences: those who write scenarios need not think of it.

A need is a capability of the agent protocol, `marker`, or one with the least that will do, `outbox:memory`. A sentence
declares what it always needs (`Sentence.needs`); what only the story tells is read from roles: sending while offline
needs an outbox, a kill of who has sent needs one on disk, an attachment over connections that keep breaking off needs
transfers that go on where they stopped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from syncproof.kernel.agent import Capabilities
from syncproof.kernel.layout import nodes_of
from syncproof.kernel.sentence import Role, Sentence, emit
from syncproof.registry import needs_of_workloads, words_of_workloads, workload_of

#: Values that are more than others, the least first. Where there is no such order a value must be met exactly.
_MORE = {
    "order": ("none", "sender", "causal", "total"),
    "outbox": ("none", "memory", "durable"),
    "conflicts": ("none", "lww", "siblings"),
}
#: The needs that the house has, in words; those of a workload are in `WORDS` of its package.
_WORDS = {
    "clock": "a clock that can be moved",
    "http": "a server that is spoken to over HTTP",
    "operator": "a server whose attachments and request log the harness can look into",
    "other_client": "a server at which the harness can be another client",
    "order:sender": "what each device sends in the order in which it was sent",
    "order:total": "one order on all devices",
    "outbox:durable": "an outbox that survives a kill",
    "outbox:memory": "an outbox",
    "p2p": "devices that are linked to each other",
    "pause": "a pipeline that can be stopped",
    "server_log": "a server whose own log can be read",
    "request_log": "a server whose request log can be read",
    "collects": "a server that takes away the attachments to which no message refers",
    "quota": "a server with a quota for attachments that its operator can change",
    "range": "transfers that go on where they stopped",
}
_OF = {
    "workloads": "devices with {}",
    "nodes": "a node that is called {}",
    "settings": "the setting {} of devices",
}


def needs_of(story: Sequence[Sentence]) -> dict[str, str]:
    """Each need of a scenario, with the sentence that has it."""
    found: dict[str, str] = {}
    for place, sentence in enumerate(story):
        for need in (
            *_of_workload(sentence),
            *sentence.asks,
            *_of_nodes(sentence),
            *_by_story(sentence, story[:place]),
        ):
            found.setdefault(need, emit(sentence))
    return found


def unmet(story: Sequence[Sentence], capabilities: Capabilities) -> dict[str, str]:
    """The needs that a system does not meet, with their sentences."""
    return {need: sentence for need, sentence in needs_of(story).items() if not meets(capabilities, need)}


def left_out(offered: Sequence[str] | None, needs: Iterable[str]) -> list[str]:
    """Those needs that are of a workload which a product does not offer.

    offered: the workloads that its manifest names, of those that not every product has; None where it names none.
    """
    if offered is None:
        return []
    declared = needs_of_workloads()
    met = {need for name in offered for need in declared[name]}
    of_workloads = {need for each in declared.values() for need in each}
    return [need for need in needs if need in of_workloads - met]


def meets(capabilities: Capabilities, need: str) -> bool:
    """Whether a system declares what is needed."""
    name, _, least = need.partition(":")
    declared = getattr(capabilities, name)
    if not least:
        return declared not in (False, "none")
    if isinstance(declared, tuple):
        return least in declared
    if least.isdigit():  # a limit; 0 is none
        return not declared or int(least) <= declared
    scale = _MORE.get(name)
    return bool(declared == least if scale is None else scale.index(declared) >= scale.index(least))


def in_words(need: str) -> str:
    """A need for people."""
    name, _, least = need.partition(":")
    said = name if least.isdigit() else need
    words = _WORDS.get(said) or words_of_workloads().get(said) or _OF.get(name, "").format(least)
    return f"{words} ({need})" if words else need


def _of_workload(sentence: Sentence) -> tuple[str, ...]:
    return getattr(workload_of(type(sentence)), "NEEDS", ())


def _of_nodes(sentence: Sentence) -> tuple[str, ...]:
    """The relay is no need: what is tested has a server, or the test bed says so."""
    return tuple(f"nodes:{name}" for name in nodes_of(sentence) if name != "relay")


def _by_story(sentence: Sentence, before: Sequence[Sentence]) -> list[str]:
    found = []
    for name in sentence.actors:
        if "sends" in sentence.roles and _last(name, before, "leaves", "returns") == "leaves":
            found.append("outbox:memory")
        if "kills" in sentence.roles and _last(name, before, "sends"):
            found.append("outbox:durable")
        if "fetches" in sentence.roles and _last(name, before, "breaks_off", "restores") == "breaks_off":
            found.append("range")
    return found


def _last(name: str, before: Sequence[Sentence], *roles: Role) -> Role | None:
    """Which of these roles the last sentence about a device has that has one of them."""
    return next(
        (
            role
            for sentence in reversed(before)
            if name in sentence.actors
            for role in roles
            if role in sentence.roles
        ),
        None,
    )
