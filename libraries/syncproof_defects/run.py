"""`python -m syncproof_defects.run NAME[,NAME...] MODULE [ARGUMENT...]`: `python -m MODULE ...` with defects.

For programs that no launcher forks, such as those in containers.
"""

from __future__ import annotations

import runpy
import sys
from collections.abc import Sequence

from syncproof_defects import apply


def main(arguments: Sequence[str]) -> None:
    """Break this process, then let the module run in it. Raises ValueError for a defect that nobody has defined."""
    names, module, *rest = arguments
    apply(names.split(","))
    sys.argv = [module, *rest]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1:])
