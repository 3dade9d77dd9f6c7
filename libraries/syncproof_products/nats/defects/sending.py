"""Bugs of how a NATS device sends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from syncproof_defects import Ran, defect, replace
from syncproof_products.nats.agent.device import Device
from syncproof_products.nats.agent.session import Session
from syncproof_products.nats.agent.store import Operation, Store

Submit = Callable[[Device, Operation], None]
NextOf = Callable[[Store, str], Operation | None]
Acknowledge = Callable[[Session, str, int], None]
Run = Callable[[Session, str], Awaitable[None]]


@defect
def acknowledges_before_stored(ran: Ran) -> None:
    """An operation counts as acknowledged before the stream has it: it is in the buffer of its connection alone."""
    buffer: dict[str, Operation] = {}

    def at_once(original: Submit) -> Submit:
        def submit(self: Device, operation: Operation) -> None:
            ran()
            buffer[operation.op_id] = operation
            original(self, operation)
            self.store.settle(operation.op_id, "acked", None)
            self._observe("ack", {"op_id": operation.op_id, "server_order": None})

        return submit

    def from_buffer(original: NextOf) -> NextOf:
        del original

        def next_of(self: Store, group: str) -> Operation | None:  # noqa: ARG001
            return next((operation for operation in buffer.values() if operation.group == group), None)

        return next_of

    def sent(original: Acknowledge) -> Acknowledge:
        def acknowledge(self: Session, op_id: str, place: int) -> None:
            buffer.pop(op_id, None)
            original(self, op_id, place)

        return acknowledge

    def with_its_buffer(original: Run) -> Run:
        async def run(self: Session, address: str) -> None:
            try:
                await original(self, address)
            finally:
                buffer.clear()

        return run

    replace(Device, "submit", at_once)
    replace(Store, "next_of", from_buffer)
    replace(Session, "_acknowledge", sent)
    replace(Session, "run", with_its_buffer)
