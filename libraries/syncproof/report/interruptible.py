"""Runs pabot, and answers Ctrl-C with one line: `python -m syncproof.report.interruptible --outputdir FOLDER ...`.

Pabot itself ends what runs, but tells hundreds of lines about it: robots that were terminated, launchers that ended
with them, results that are not whole.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

#: No lock server, which no suite uses and which would take a port. What each suite file's robot has written stays in
#: `pabot_results`: pictures alone are copied from there, to where the log links to them.
OPTIONS = ("--no-pabotlib", "--artifacts", "png,notimestamps", "--artifactsinsubfolders")


def main(arguments: Sequence[str]) -> int:
    """Pabot's exit status, 253 after an interrupt. arguments: pabot's own, with `--outputdir`; `OPTIONS` are added."""
    # Nothing runs while pabot is imported: Ctrl-C ends this process without a traceback.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from pabot import pabot

    console = os.dup(sys.stdout.fileno())
    end_run = pabot.keyboard_interrupt

    def interrupted(*signalled: object) -> None:
        if not pabot.CTRL_C_PRESSED:
            sys.stdout.flush()
            os.write(console, b"Interrupted: ending what runs. ")
            silence = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silence, sys.stdout.fileno())
            os.dup2(silence, sys.stderr.fileno())
        end_run(*signalled)

    # Pabot sets this handler once it has read its arguments; a person may be faster.
    pabot.keyboard_interrupt = interrupted
    signal.signal(signal.SIGINT, interrupted)
    status = int(pabot.main_program([*OPTIONS, *arguments]))
    if pabot.CTRL_C_PRESSED:
        log = Path(arguments[arguments.index("--outputdir") + 1]).absolute() / "log.html"
        os.write(
            console, f"Log of what has ended: {log}\n".encode() if log.exists() else b"No suite has ended.\n"
        )
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
