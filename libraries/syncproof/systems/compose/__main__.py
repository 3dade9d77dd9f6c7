"""`python -m syncproof.systems.compose`: can this machine run the compose stack? Builds the images that are missing.

Exit status 0 if it can; else 1, with the reason in one line.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from syncproof.faults.containers.errors import ContainerError
from syncproof.systems.compose import ComposeStack
from syncproof.systems.products import find


def main() -> int:
    """Make a stack, and remove it at once."""
    try:
        ComposeStack(Path(tempfile.gettempdir()), find("bundled")).close()
    except ContainerError as wrong:
        print(wrong)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
