"""An administrator in a container's network: a container of ours that joins it, and undoes all if we are killed."""

from __future__ import annotations

import contextlib
import itertools
import os
import shlex
from collections.abc import Sequence

from syncproof.faults.containers import ownership
from syncproof.faults.containers.container import Container, Output
from syncproof.faults.containers.engine import Engine
from syncproof.faults.containers.errors import WrongState

IMAGE = "syncproof/netadmin:local"
HOW_TO_GET = "Build it: docker compose -f compose/compose.yaml build netadmin"

#: Exit statuses of a command that could not be run at all.
_NO_SUCH_PROGRAM = (126, 127)
_COUNT = itertools.count(1)

# A dead man's switch: it collects what is to be undone, a command a line, for as long as our end of its stdin is held,
# and then does it, the last one first. The kernel lets go of our end however we end.
_SWITCH = """
undo=
while IFS= read -r line; do
  undo="$line
$undo"
done
eval "$undo"
"""


class NetAdmin:
    """Runs commands in the network namespace of a container, as administrator there and nowhere else.

    Keeps the namespace until `end`, should the container end before.
    """

    def __init__(self, engine: Engine, target: Container, image: str = IMAGE) -> None:
        """Raises WrongState for a container that does not run, ImageMissing."""
        state = target.state()
        if state not in ("running", "paused"):
            raise WrongState(
                f"The container '{target.name}' is {state}: it has no network to do anything in."
            )
        self._engine, self._target, self._image = engine, target, image
        self._container = self._make(["sh", "-c", _SWITCH], stdin_open=True, auto_remove=True)
        self._held = self._container.hold_stdin()
        self._container.start()

    def run(self, command: Sequence[str]) -> Output:
        """Run a command and wait for its end, whatever its status."""
        return self._container.run(command)

    def words(self, output: Output) -> str:
        """What a command said, and what to do where the image lacks its program."""
        words = (output.stderr or output.stdout) if output.status else output.stdout
        if output.status in _NO_SUCH_PROGRAM:
            words += f" The image {self._image} is older than this: build it again."
        return words

    def promise(self, *command: str) -> None:
        """Have a command, without line breaks, run if this process ends before `end`: no fault may outlive us."""
        self._held.write(f"{shlex.join(command)}\n")

    def serve(self, command: Sequence[str]) -> Container:
        """Start a program in the same namespace, in a container of its own, which is the caller's to remove."""
        container = self._make(command)
        container.start()
        return container

    def end(self) -> None:
        """Leave; what was promised is not done, it is taken for undone."""
        with contextlib.closing(self._held):
            self._container.remove()

    def _make(self, command: Sequence[str], **options: bool) -> Container:
        return self._engine.create(
            f"syncproof-{os.getpid()}-netadmin-{next(_COUNT)}-{self._target.id[:12]}",
            self._image,
            command,
            network_mode=f"container:{self._target.id}",
            cap_drop=["ALL"],
            cap_add=["NET_ADMIN", "NET_RAW"],
            labels=ownership.labels(),
            **options,
        )
