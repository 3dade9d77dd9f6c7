"""Bugs of how a NATS device sends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from syncproof_defects import breaks
from syncproof_products.nats.agent.device import Device
from syncproof_products.nats.agent.session import Session
from syncproof_products.nats.agent.store import Operation, Store


@breaks(Device, "submit")
def acknowledges_before_stored(
    original: Callable[[Device, Operation], None], self: Device, operation: Operation
) -> None:
    """An operation counts as acknowledged before the stream has it: it is in the buffer of its connection alone."""
    acknowledges_before_stored.ran()
    acknowledges_before_stored.state[operation.op_id] = operation
    original(self, operation)
    self.store.settle(operation.op_id, "acked", None)
    self._observe("ack", {"op_id": operation.op_id, "server_order": None})


@acknowledges_before_stored.breaks(Store, "next_of")
def _from_buffer(
    original: Callable[[Store, str], Operation | None],  # noqa: ARG001
    self: Store,  # noqa: ARG001
    group: str,
) -> Operation | None:
    buffer: list[Operation] = list(acknowledges_before_stored.state.values())
    return next((operation for operation in buffer if operation.group == group), None)


@acknowledges_before_stored.breaks(Session, "_acknowledge")
def _sent(original: Callable[[Session, str, int], None], self: Session, op_id: str, place: int) -> None:
    acknowledges_before_stored.state.pop(op_id, None)
    original(self, op_id, place)


@acknowledges_before_stored.breaks(Session, "run")
async def _with_its_buffer(
    original: Callable[[Session, str], Awaitable[None]], self: Session, address: str
) -> None:
    try:
        await original(self, address)
    finally:
        acknowledges_before_stored.state.clear()
