"""A Synapse that has started before: its database is made once per machine, and copied for every run."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from syncproof.kernel.host import Program
from syncproof.systems.errors import SystemNotThere
from syncproof.systems.stack import Stack
from syncproof_products.matrix.driver import configuration
from syncproof_products.matrix.driver.operator import Operator

#: How long Synapse may take to bring a new database up to date, once per machine and version.
_PATIENCE_S = 180.0
#: How long it may take to close it. One that had to be killed leaves half of it in other files.
_CLOSING_S = 60.0
_POLL_S = 0.5
#: What a run needs of it; configuration and media are its own.
_FILES = ("homeserver.db", "signing.key")
_SECRET = "prepare"
#: What no run has used for so long is of a version or a configuration that nobody has any more. Seconds.
_KEPT_S = 14 * 86_400.0


def cache_folder() -> Path:
    """Where prepared databases are kept, one for each version of Synapse: `$XDG_CACHE_HOME/syncproof`."""
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(home) / "syncproof"


def installed_version(python: str) -> str:
    """Of the Synapse that this interpreter has. Raises SystemNotThere where there is none."""
    ask = "import importlib.metadata as m; print(m.version('matrix-synapse'))"
    try:
        return subprocess.run([python, "-c", ask], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        raise SystemNotThere(
            "The package matrix-synapse is not installed. `syncproof install matrix` installs it; "
            "`make suites SYSTEM=matrix` does so by itself."
        ) from None


def copy_to(directory: Path, stack: Stack, start: Callable[[Path, str], Program], version: str) -> None:
    """Put a prepared database into `directory`; make it first where this machine has none.

    start: starts a Synapse on a directory, with a registration secret. version: of that Synapse. Raises SystemNotThere.
    """
    recipe = json.dumps(configuration.homeserver(_SECRET), sort_keys=True)
    label = f"synapse-{version}-{hashlib.sha256(recipe.encode()).hexdigest()[:8]}"
    with _alone_in(cache_folder()) as folder:  # of runs that start together, one prepares
        prepared = folder / label
        if not prepared.exists():
            _prepare(prepared, stack, start)
        for name in _FILES:
            shutil.copyfile(prepared / name, directory / name)
        os.utime(prepared)
        _remove_unused(folder)


@contextlib.contextmanager
def _alone_in(folder: Path) -> Iterator[Path]:
    """Nobody else is in the folder meanwhile. Raises SystemNotThere where it cannot be written to."""
    with contextlib.ExitStack() as opened:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock = opened.enter_context((folder / "synapse.lock").open("w"))
        except OSError as wrong:
            raise SystemNotThere(
                f"The database that is made at Synapse's first start cannot be kept in {folder}: {wrong.strerror}. "
                "XDG_CACHE_HOME=FOLDER in the environment names another folder."
            ) from None
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


def _remove_unused(folder: Path) -> None:
    """Databases that nobody has used for long, and drafts of runs that were killed."""
    for path in [*folder.glob("synapse-*"), *folder.glob(".synapse-*")]:
        if time.time() - path.stat().st_mtime > _KEPT_S:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:  # a lock of its own, as each had before
                path.unlink(missing_ok=True)


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
    with contextlib.ExitStack() as opened:
        opened.callback(shutil.rmtree, draft, ignore_errors=True)
        configuration.write_logging(draft)
        process = start(draft, _SECRET)
        opened.callback(stack.discard, process)
        operator = Operator(f"http://{process.ready['host']}:{process.ready['port']}", _SECRET)
        opened.callback(operator.close)
        wait_until_ready(operator, process)
        status = process.stop(_CLOSING_S)
        if status != 0:
            raise SystemNotThere(
                f"Synapse did not close its new database within {_CLOSING_S:g} s (exit status {status}), so that it "
                f"may not be whole. Try again when this machine has less to do; its log: {process.log}"
            )
        storage = stack.storage(process, draft)
        for name in _FILES:
            content = storage.read(name)
            if content is None:
                raise SystemNotThere(f"Synapse has left no {name}; its log: {process.log}")
            (draft / name).write_bytes(content)
        draft.rename(prepared)
