"""The data folder of a program in a container."""

from __future__ import annotations

import tempfile
from pathlib import Path

from syncproof.faults.containers.container import Container
from syncproof.faults.containers.errors import ContainerError, UnknownContainer

DATA = "/data"


class ContainerStorage:
    """Reads and writes by the engine's archives, removes and searches with the tools of the image."""

    def __init__(self, container: Container) -> None:
        self._container = container

    def read(self, path: str) -> bytes | None:
        """The bytes of a file; None if there is none."""
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "file"
            try:
                self._container.copy_out(f"{DATA}/{path}", target)
            except UnknownContainer:
                if not self._container.exists():
                    raise
                return None  # the engine has no other word for a file that it does not find
            return target.read_bytes()

    def write(self, path: str, content: bytes) -> None:
        """Make or replace a file, all at once."""
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "file"
            source.write_bytes(content)
            source.chmod(0o644)
            self._container.copy_in(source, f"{DATA}/{path}.new")
        self._run("mv", "-f", f"{DATA}/{path}.new", f"{DATA}/{path}")

    def remove(self, path: str) -> None:
        """Take a file away."""
        self._run("rm", f"{DATA}/{path}")

    def rename(self, path: str, to: str) -> None:
        """Give a file or a folder another name, at once."""
        self._run("mv", "-T", f"{DATA}/{path}", f"{DATA}/{to}")

    def strays(self, name: str) -> list[str]:
        """Files of this name in the container that lie outside the folder."""
        # Python and not `find`: the name is data here, and in a pattern it would not be.
        search = (
            "import os, sys\n"
            "for folder, _, files in os.walk('/'):\n"
            f"    if folder.split('/')[1] not in ('proc', 'sys', '{DATA[1:]}') and sys.argv[1] in files:\n"
            "        print(os.path.join(folder, sys.argv[1]))"
        )
        return self._container.run(["python", "-c", search, name]).stdout.splitlines()

    def _run(self, *command: str) -> None:
        output = self._container.run(command)
        if output.status:
            raise ContainerError(
                f"'{' '.join(command)}' in '{self._container.name}': {output.stderr.strip()}"
            )
