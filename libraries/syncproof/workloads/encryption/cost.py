"""What deriving a key by Argon2id costs, as people write it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

_READ = re.compile(r"\s*(\d+) MiB and (\d+) iterations?\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Cost:
    """Memory (MiB), and passes over it. Example: `46 MiB and 1 iteration`."""

    memory_mib: int
    iterations: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Memory and passes over it: ``12 MiB and 3 iterations``, ``46 MiB and 1 iteration``.

        Fails (ValueError) for anything else.
        """
        match = _READ.fullmatch(text)
        if match is None:
            raise ValueError(
                f"'{text}' is not what deriving a key costs: write it like '19 MiB and 2 iterations'."
            )
        return cls(*map(int, match.groups()))

    def __str__(self) -> str:
        return f"{self.memory_mib} MiB and {self.iterations} iteration{'' if self.iterations == 1 else 's'}"

    @property
    def written(self) -> str:
        """As devices write it (see the agent protocol); m in KiB."""
        return f"argon2id m={self.memory_mib * 1024} t={self.iterations} p=1"
