"""The client as its control port shows it."""

from __future__ import annotations

from syncproof_agentkit.workloads.tasks.adapter import CAPABILITIES, TaskAdapter
from syncproof_products.pocketbase.agent.device import Device


class PocketBaseAdapter(TaskAdapter):
    """Notifications may overtake each other, and of what a client missed it gets the last version."""

    product = "pocketbase-client/0.1.0"
    capabilities = {**CAPABILITIES, "order": "none", "versions": "coalesced"}  # noqa: RUF012 - as its base says
    device_type = Device
