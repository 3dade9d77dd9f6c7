"""A run of its own, to be killed by a test: starts processes, says their pids, then waits.

`python -m tests.contract.processes.owner DIRECTORY`
"""

from __future__ import annotations

import json
import signal
import sys
import time
from pathlib import Path

from syncproof.processes import Launcher, OwnedDirectory

_PROGRAMS = "tests.contract.processes.programs"


def main(folder: Path) -> None:
    # As at a terminal: a shell that starts the tests in the background lets its children ignore Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    temporary = OwnedDirectory.create(folder)
    launcher = Launcher.start(temporary.path, warm=())
    running = launcher.spawn("running", f"{_PROGRAMS}:serves", {})
    suspended = launcher.spawn("suspended", f"{_PROGRAMS}:ignores_sigterm", {})
    foreign = launcher.wrap("foreign", ["sleep", "600"])
    stopped_foreign = launcher.wrap("stopped foreign", ["sleep", "600"])
    suspended.suspend()
    stopped_foreign.suspend()
    pids = {process.name: process.pid for process in (running, suspended, foreign, stopped_foreign)}
    try:
        print(json.dumps({"launcher": launcher.pid, **pids}), flush=True)
        time.sleep(600)
    except KeyboardInterrupt:
        # What a teardown needs: everything still runs.
        print(json.dumps({"alive": [running.alive(), foreign.alive()]}), flush=True)
        launcher.close()
        temporary.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
