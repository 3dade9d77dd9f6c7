"""Delay where the kernel has no netem: packets are handed to a program in user space, which gives them back later."""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import Callable

from syncproof.faults.packets.namespace import End
from syncproof.faults.packets.rules import Held

_SAID = re.compile(r"^held (\d+) (\d+)$", re.MULTILINE)
_NUMBERS = itertools.count(1)


def user_space_delay(end: End, delay_s: float, begun: contextlib.ExitStack) -> Callable[[], Held]:
    """Delay what arrives at an end; answers how to look at what was delayed. Its undoing goes onto `begun`.

    Raises PacketError where the kernel has no NFQUEUE. If the program ends, packets pass as if it had never been.
    """
    number = next(_NUMBERS) % 60_000
    rule = ["INPUT", "-i", end.interface]
    rule += ["-s", end.peer] if end.peer else []
    rule += ["-j", "NFQUEUE", "--queue-num", str(number), "--queue-bypass"]
    tool = "ip6tables" if ":" in end.peer else "iptables"
    served = end.namespace.delay(number, delay_s)
    begun.callback(served.end)
    end.namespace.run(tool, "-w", "-t", "mangle", "-A", *rule)
    end.namespace.undo_with(begun, tool, "-w", "-t", "mangle", "-D", *rule)
    return lambda: held(served.said())


def held(said: str) -> Held:
    """What the program has delayed, by its last line about it."""
    lines = _SAID.findall(said)
    return Held(int(lines[-1][0]), int(lines[-1][1])) if lines else Held(0, 0)
