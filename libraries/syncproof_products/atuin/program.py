"""Becomes Atuin: `program.py ARGUMENTS` runs the program that its wheel has put beside this Python."""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path


def main() -> None:
    """Command line: see the module."""
    program = Path(sysconfig.get_path("scripts")) / "atuin"
    if not program.exists():
        requirements = Path(__file__).with_name("requirements.txt")
        sys.exit(f"There is no {program}: '{sys.executable} -m pip install -r {requirements}' installs it.")
    os.execv(program, [str(program), *sys.argv[1:]])


if __name__ == "__main__":
    main()
