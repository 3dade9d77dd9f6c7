"""What a system promises, as the checkers take it: nobody is judged by what he never said."""

from __future__ import annotations

import inspect
from collections.abc import Callable

from syncproof.kernel.agent import Capabilities


def promised(check: Callable[..., object], capabilities: Capabilities) -> dict[str, object]:
    """The limits of a check that follow from the declared capabilities, by the names of its arguments; empty for most.

    Example: of a system with an outbox in memory, a check that takes ``durable_outbox`` gets ``False``: what a device
    accepted and had not sent may be lost with its process.
    """
    promises = {
        "conflicts": capabilities.conflicts,
        "delivery": capabilities.delivery,
        "durable_outbox": capabilities.outbox == "durable",
        "e2ee": capabilities.e2ee,
        "marker": capabilities.marker,
        "order": capabilities.order,
    }
    takes = inspect.signature(check).parameters
    return {name: promise for name, promise in promises.items() if name in takes}
