"""What the tests of suites/agent ask of an agent's capabilities: by keywords that skip them, and not by sentences."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from robot.running import ResourceFile

from syncproof.kernel.agent import Capabilities

_RESOURCES = Path(__file__).parents[3] / "resources"
_ASKS = "The agent declares"


@cache
def _asking() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Each keyword that asks for a capability: which, and the values that will do; none for any."""
    return {
        keyword.name: (step.args[0], tuple(step.args[1:]))
        for path in sorted(_RESOURCES.glob("agent*.resource"))
        for keyword in ResourceFile.from_file_system(path).keywords
        for step in keyword.body
        if getattr(step, "name", "") == _ASKS
    }


def lacking(test: Any, capabilities: Capabilities) -> list[str]:
    """What the test asks for and the agent does not declare."""
    said = [str(getattr(step, "name", "")).removeprefix("Given ").removeprefix("And ") for step in test.body]
    return [
        f"declares {name}: {declared}"
        for name, values in (_asking()[each] for each in said if each in _asking())
        for declared in [getattr(capabilities, name)]
        if (_set(declared).isdisjoint(values) if values else declared in (False, "none"))
    ]


def _set(declared: object) -> set[object]:
    """What is declared: several workloads, or one value of anything else."""
    return set(declared) if isinstance(declared, tuple) else {declared}
