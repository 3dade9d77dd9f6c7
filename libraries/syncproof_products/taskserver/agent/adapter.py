"""The client as its control port shows it."""

from __future__ import annotations

from syncproof_agentkit.workloads.tasks import adapter
from syncproof_products.taskserver.agent.device import Device


class TaskAdapter(adapter.TaskAdapter):
    """See there."""

    product = "taskserver-client/0.1.0"
    device_type = Device
