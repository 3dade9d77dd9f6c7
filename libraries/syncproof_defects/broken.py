"""A Python program of a product that is started by a command, broken.

`python -m syncproof_defects.broken NAMES MODULE ...`. NAMES: of defects, with commas. MODULE and what stands behind it:
as for `python -m`.
"""

from __future__ import annotations

import runpy
import sys

from syncproof_defects import apply


def main() -> None:
    """Break this process, then be the module."""
    _, names, module, *rest = sys.argv
    apply(names.split(","))
    sys.argv = [module, *rest]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
