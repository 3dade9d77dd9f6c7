"""What a system promises, as the checkers take it: nobody is judged by what he never said."""

from __future__ import annotations

from syncproof.systems.agent import Capabilities


def promised(checker: str, capabilities: Capabilities) -> dict[str, object]:
    """The limits of a checker that follow from the declared capabilities; empty for most.

    Example: ``promised("no_loss", ...)`` of a system with an outbox in memory is ``{"durable_outbox": False}``:
    what a device accepted and had not sent may be lost with its process.
    """
    if checker in ("no_loss", "recovery_bound"):
        return {"durable_outbox": capabilities.outbox == "durable"}
    if checker in ("causal_order", "convergence"):
        return {"order": capabilities.order}
    if checker == "marker_integrity":
        return {"marker": capabilities.marker}
    if checker == "no_plaintext":
        return {"e2ee": capabilities.e2ee}
    if checker == "conflict_preservation":
        return {"conflicts": capabilities.conflicts}
    return {}
