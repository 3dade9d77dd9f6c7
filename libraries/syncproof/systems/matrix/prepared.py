"""A Synapse that has started before: its database is made once per machine, and copied for every run."""

from __future__ import annotations

import fcntl
import hashlib
import importlib.metadata
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from syncproof.systems.matrix import configuration
from syncproof.systems.matrix.operator import Operator
from syncproof.systems.stack import Program, Stack
from syncproof.systems.system import SystemNotThere

#: How long Synapse may take to bring a new database up to date, once per machine and version.
_PATIENCE_S = 180.0
_POLL_S = 0.5
#: What a run needs of it; configuration and media are its own.
_FILES = ("homeserver.db", "signing.key")
_SECRET = "prepare"


def cache_folder() -> Path:
    """Where prepared databases are kept, one for each version of Synapse: `$XDG_CACHE_HOME/syncproof`."""
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(home) / "syncproof"


def installed_version() -> str:
    """Of the installed Synapse. Raises SystemNotThere where there is none."""
    try:
        return importlib.metadata.version("matrix-synapse")
    except importlib.metadata.PackageNotFoundError:
        raise SystemNotThere(
            "The package matrix-synapse is not installed. `pip install -e '.[matrix]'` installs it; "
            "`make matrix` does so by itself."
        ) from None


def copy_to(directory: Path, stack: Stack, start: Callable[[Path, str], Program], version: str) -> None:
    """Put a prepared database into `directory`; make it first where this machine has none.

    start: starts a Synapse on a directory, with a registration secret. version: of that Synapse. Raises SystemNotThere.
    """
    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    recipe = Path(configuration.__file__).read_bytes() + Path(__file__).read_bytes()
    label = f"synapse-{version}-{hashlib.sha256(recipe).hexdigest()[:8]}"
    prepared = folder / label
    with (folder / f"{label}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of runs that start together, one prepares
        if not prepared.exists():
            _prepare(prepared, stack, start)
    for name in _FILES:
        shutil.copyfile(prepared / name, directory / name)


def wait_until_ready(operator: Operator, process: Program) -> None:
    """Return when Synapse has brought a new database up to date. Raises SystemNotThere."""
    until = time.monotonic() + _PATIENCE_S
    while not operator.background_updates_done():
        if time.monotonic() > until:
            raise SystemNotThere(f"Synapse was not ready after {_PATIENCE_S:g} s; its log: {process.log}")
        time.sleep(_POLL_S)


def _prepare(prepared: Path, stack: Stack, start: Callable[[Path, str], Program]) -> None:
    print("Synapse's first start on this machine: its database is prepared, up to a minute.", file=sys.stderr)
    draft = Path(tempfile.mkdtemp(prefix=f".{prepared.name}-", dir=prepared.parent))
    try:
        configuration.write_logging(draft)
        process = start(draft, _SECRET)
        operator = Operator(f"http://{process.ready['host']}:{process.ready['port']}", _SECRET)
        try:
            wait_until_ready(operator, process)
            process.stop(10.0)
            storage = stack.storage(process, draft)
            for name in _FILES:
                content = storage.read(name)
                if content is None:
                    raise SystemNotThere(f"Synapse has left no {name}; its log: {process.log}")
                (draft / name).write_bytes(content)
        finally:
            operator.close()
            stack.discard(process)
        draft.rename(prepared)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
