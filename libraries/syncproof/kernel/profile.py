"""What the harness must know of a product before it can judge it: its amounts, its patience, its intervals.

Stated durations of a scenario and the product's own intervals are multiplied by TIME_SCALE, rates divided by it;
sizes and counts stay. The slack is added unscaled to every deadline, because TCP's timers and the speed of the
machine do not scale.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from syncproof.kernel.agent import Capabilities
from syncproof.kernel.layout import Layout


@dataclass(frozen=True)
class Profile:
    """One product on one kind of stack.

    settings: the device's own intervals and limits at scale 1; names that end in `_s` are durations in seconds.
    server_settings: those of the server that devices sync through.
    retry_interval_s: nothing delivered for this long, and nothing pending, is rest. capabilities: what its agent says
    that it can do by nature, with what the harness can do with its server. layout: its nodes beside devices, and links.
    command_line: the program with which a person uses a device on a command line, with the environment that it runs in:
    `{address}` and `{secret}` in it are those of the server. simulation: the program that runs the product's own
    nodes in virtual time.
    """

    system: str
    slack_s: float
    retry_interval_s: float
    backlog_messages: int
    backlog_message_bytes: int
    settings: dict[str, float]
    capabilities: Capabilities
    layout: Layout = field(default_factory=Layout)
    server_settings: dict[str, float] = field(default_factory=dict)
    command_line: tuple[str, ...] = ()
    command_line_env: dict[str, str] = field(default_factory=dict)
    simulation: tuple[str, ...] = ()
