"""What a product can do by nature: its agent is asked once, without a server, and the answer is kept.

The answer is kept under the state of the product's folder, so that neither the other processes of a pabot run nor
the next run ask again, until a file of the product changes.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from syncproof.kernel.agent import About, Capabilities
from syncproof.kernel.server import ABILITIES
from syncproof.systems.driver import Driver
from syncproof.systems.errors import SystemNotThere
from syncproof.systems.http_agent import HttpAgent
from syncproof.systems.manifest import Manifest

#: What no run has used for so long is of a product that has changed since. Seconds.
_KEPT_S = 14 * 86_400.0
_LEFT_OUT = frozenset({"__pycache__", "node_modules", "tests", "defects"})
#: Of what our own agents are made besides their folder.
_KITS = tuple(Path(__file__).parents[2] / name for name in ("syncproof_agentkit", "syncproof_synckit"))


def cache_folder() -> Path:
    """Where answers are kept: `$XDG_CACHE_HOME/syncproof/about`."""
    return Path(os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")) / "syncproof" / "about"


def kept(manifest: Manifest, stack: str) -> About | None:
    """What the product's agent said when it was last asked, if nothing of it has changed since.

    Of agents that run already nobody can tell whether they have.
    """
    if manifest.agent.urls:
        return None
    try:
        return msgspec.json.decode(_file(manifest, stack).read_bytes(), type=About)
    except (OSError, msgspec.DecodeError):
        return None


def ask(driver: Driver, stack: str, scratch: Callable[[], Path]) -> About:
    """What the product's agent says; asked where nothing is kept. scratch: makes a fresh folder for it.

    Raises what starting a device raises, AgentUnreachable, MalformedReply.
    """
    manifest = driver.manifest
    known = kept(manifest, stack)
    if known is not None:
        return known
    directory = scratch()
    process = driver.start_to_describe(directory)
    try:
        with contextlib.closing(HttpAgent(manifest.name, _url(process.ready))) as agent:
            about = agent.about()
    finally:
        driver.discard(process, directory)
    if not manifest.agent.urls:
        _keep(_file(manifest, stack), about)
    return about


def check(said: About, declared: Capabilities, driver: Driver, stack: str) -> None:
    """Raises SystemNotThere for a device that declares something else than what the product's tests were chosen by.

    What was kept is forgotten then: a part of the product that lies outside of its folder has changed.
    """
    now, then = (msgspec.structs.asdict(each) for each in (said.capabilities, declared))
    changed = [
        f"{name} is {value}, and was {then[name]}" for name, value in now.items() if value != then[name]
    ]
    if changed:
        _file(driver.manifest, stack).unlink(missing_ok=True)
        raise SystemNotThere(
            f"The agent of {driver.name} declares something else than when it was asked: {'; '.join(changed)}. Run "
            "again: it will be asked anew."
        )


def capabilities(about: About, driver: Driver) -> Capabilities:
    """What the product can do, with what the harness can do with its server and knows from its manifest."""
    can = {name: name in driver.server_abilities for name in ABILITIES}
    manifest = driver.manifest
    can["breaker_settings"] = {"breaker_failures", "breaker_cooldown_s"} <= manifest.agent.settings.keys()
    can["command_line"] = bool(manifest.command_line.command) and driver.runs_programs
    can["simulation"] = bool(manifest.simulation.command) and driver.runs_programs
    can["http"] = manifest.server is not None and not manifest.server.probe
    server = tuple(sorted(manifest.server.settings)) if manifest.server else ()
    return msgspec.structs.replace(
        about.capabilities,
        **can,
        # Which programs serve as clients is known here; an image was built with the usual client alone.
        clients=tuple(sorted(manifest.client)) if driver.runs_programs else (),
        nodes=tuple(manifest.nodes),
        settings=tuple(sorted(manifest.agent.settings)),
        server_settings=server,
    )


def _url(ready: object) -> str:
    assert isinstance(ready, dict)
    return f"http://{ready['host']}:{ready['port']}"


def _file(manifest: Manifest, stack: str) -> Path:
    state = hashlib.sha256(f"{manifest!r} {stack}".encode())
    folders = (manifest.folder, *(_KITS if manifest.agent.entry else ()))
    program = shutil.which(manifest.agent.command[0]) if manifest.agent.command else None
    for path in (
        *(path for folder in folders for path in sorted(_files(folder))),
        *([Path(program)] if program else []),
    ):
        with contextlib.suppress(FileNotFoundError):  # gone meanwhile, or a link to nothing
            status = path.stat()
            state.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    return cache_folder() / f"{state.hexdigest()[:24]}.json"


def _files(folder: Path) -> list[Path]:
    found: list[Path] = []
    for root, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in _LEFT_OUT and not name.startswith(".")]
        found += [Path(root) / name for name in names if not name.startswith(".")]
    return found


def _keep(file: Path, about: About) -> None:
    """For the next who asks; where the folder cannot be written to, that one asks again."""
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        for old in file.parent.glob("*.json"):
            if time.time() - old.stat().st_mtime > _KEPT_S:
                old.unlink(missing_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as draft:
            draft.write(msgspec.json.encode(about))
        Path(draft.name).replace(file)
