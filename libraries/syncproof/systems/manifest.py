"""product.toml: what a product consists of, how its programs start, and what the harness must know to judge it.

A product is a folder with this file. A program of it is started by `entry` (a function of ours, forked from the
launcher) or by `command` (any program; `{placeholders}` are filled in), or runs already, at an `address` or `url`.
"""

from __future__ import annotations

import difflib
import re
import tomllib
import typing
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from syncproof.kernel.quantities import Duration, Size

FILE = "product.toml"

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
#: What may stand in the texts of each program, besides its own settings.
_SERVER = ("directory", "port", "python", "secret")
_AGENT = ("control_port", "device", "directory", "python", "secret", "seed", "server")
_READY = ("address", "port")
_LOG = ("directory", "group", "port", "python", "secret")

_BACKLOG = re.compile(r"(?P<count>[\d,]+) messages? of (?P<size>.+)")


class ManifestError(Exception):
    """A product.toml cannot be used; the message names the file and the field."""

    #: The message stands for itself: no class name before it in a log.
    ROBOT_SUPPRESS_NAME = True


class Program(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One program of a product.

    entry: `module:function` of ours. command: program and arguments; `./program` is one of the product's folder, in
    which it runs. env: added to the environment; both with `{placeholders}` (`{python}` is the run's own Python).
    ready_within: how long its start may take. settings: of the program, at TIME_SCALE
    1; those that end in `_s` are seconds, and scale.
    """

    entry: str = ""
    command: tuple[str, ...] = ()
    env: dict[str, str] = {}
    ready_within: str = "20 seconds"
    settings: dict[str, int | float] = {}

    def scaled(self, scale: float, changes: Mapping[str, float] | None = None) -> dict[str, float]:
        """The settings under a TIME_SCALE, some of them changed."""
        settings = {**self.settings, **(changes or {})}
        return {name: value * scale if name.endswith("_s") else value for name, value in settings.items()}

    @property
    def ready_within_s(self) -> float:
        """Seconds."""
        return Duration.parse(self.ready_within).seconds


class ServerProgram(Program, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[server]`: what devices sync through. address: `host:port` of one that runs already.

    ready: the URL that answers once it can be used. probe: what the harness may send through a link, and `reply` what
    comes back then, where that is not HTTP.
    """

    address: str = ""
    ready: str = ""
    probe: str = ""
    reply: str = ""


class AgentProgram(Program, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[agent]`: the program of one device, which answers the agent protocol. urls: of agents that run already."""

    urls: tuple[str, ...] = ()


class ProfilePart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[profile]`: patience and amounts. retry_interval: nothing delivered for so long is quiescence."""

    slack: str = "5 seconds"
    retry_interval: str = "5 seconds"
    large_backlog: str = "1,200 messages of 24 KB"


class LogPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[log]`: prints the server's own log of `{group}`, a JSON object a line: op_id, version, author, digest."""

    command: tuple[str, ...]


class RequiresPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[requires]`: what must be on a machine. programs: by name. packages: Python packages that its agent imports."""

    programs: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()


class InstallPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[install]`: what `make` and CI install. apt: Debian's packages. pip: a requirements file beside the manifest."""

    apt: tuple[str, ...] = ()
    pip: str = ""


class CiPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[ci]`: what CI runs of the suites on this product. include: tags. suites: below `suites` (default: all)."""

    include: tuple[str, ...] = ()
    suites: tuple[str, ...] = ()


class ComposePart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[compose]`: the services of its programs, in compose.yaml beside the manifest.

    ready: the path that answers 200 once the server can be used. server_reads: the file of its configuration.
    """

    server: str
    agent: str
    ready: str = "/health"
    server_reads: str = "/etc/syncproof/config.json"


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A product. variant: which `[variant.NAME]` it is with, "" for none; folder: where its product.toml lies.

    driver: `file.py:Class` where registration, identities or the server's log need code. lasts: how long its server
    does: `file` (of suites) or `run`, where starting it costs too much. requires, install: see there.
    """

    name: str
    agent: AgentProgram
    server: ServerProgram | None = None
    profile: ProfilePart = ProfilePart()
    driver: str = ""
    lasts: str = "file"
    version: tuple[str, ...] = ()
    log: LogPart | None = None
    requires: RequiresPart = RequiresPart()
    install: InstallPart = InstallPart()
    ci: CiPart = CiPart()
    compose: ComposePart | None = None
    variant: str = ""
    folder: Path = Path()

    @property
    def system(self) -> str:
        """What a run calls it: the name, and `-VARIANT` behind it."""
        return f"{self.name}-{self.variant}" if self.variant else self.name

    @property
    def entry_modules(self) -> tuple[str, ...]:
        """What the launcher can import before it forks the product's programs."""
        programs = (self.server, self.agent)
        return tuple(program.entry.partition(":")[0] for program in programs if program and program.entry)

    @property
    def backlog(self) -> tuple[int, int]:
        """A large backlog: messages, and the bytes of each."""
        match = _BACKLOG.fullmatch(self.profile.large_backlog)
        if match is None:
            raise ValueError(
                f"profile.large_backlog is '{self.profile.large_backlog}': write it like '1,000 messages of 10 KB'."
            )
        return int(match["count"].replace(",", "")), Size.parse(match["size"]).bytes


def load(file: Path, variant: str = "") -> Manifest:
    """The manifest in a file, with one of its variants. Raises ManifestError that names the file and the field."""
    tables = _tables(file)
    variants = tables.pop("variant", {})
    if variant:
        if variant not in variants:
            known = ", ".join(variants) or "none"
            raise ManifestError(f"{file} has no [variant.{variant}]. Its variants: {known}.")
        tables = _merged(tables, variants[variant])
    try:
        if "folder" in tables:
            raise ValueError("it has an unknown key `folder`.")
        manifest = msgspec.convert(
            {**tables, "variant": variant, "folder": file.parent.resolve()}, Manifest, dec_hook=_path
        )
        _check(manifest)
    except msgspec.ValidationError as wrong:
        raise ManifestError(f"{file} cannot be used: {_in_words(str(wrong))}") from None
    except ValueError as wrong:
        raise ManifestError(f"{file} cannot be used: {wrong}") from None
    return manifest


def variants(file: Path) -> tuple[str, ...]:
    """The names of a manifest's variants. Raises ManifestError."""
    return tuple(_tables(file).get("variant", {}))


def _tables(file: Path) -> dict[str, Any]:
    try:
        tables = tomllib.loads(file.read_text())
    except OSError as wrong:
        raise ManifestError(f"{file} cannot be read: {wrong.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise ManifestError(f"{file} is not TOML: {wrong}") from None
    variants = tables.get("variant", {})
    if not isinstance(variants, dict) or not all(isinstance(change, dict) for change in variants.values()):
        raise ManifestError(f"{file} cannot be used: variants are tables, like [variant.NAME].")
    return tables


def _in_words(wrong: str) -> str:
    """msgspec's word about a wrong field, in those of TOML."""
    said, _, place = wrong.partition(" - at `$")
    place = place.removeprefix(".").removesuffix("`")
    table, _, name = place.partition(".")
    if unknown := re.fullmatch(r"Object contains unknown field `(.+)`", said):
        near = difflib.get_close_matches(unknown[1], _keys(place), 1)
        meant = f" Did you mean `{near[0]}`?" if near else f" Known here: {', '.join(_keys(place))}."
        return f"{f'[{place}]' if place else 'it'} has an unknown key `{unknown[1]}`.{meant}"
    if missing := re.fullmatch(r"Object missing required field `(.+)`", said):
        return f"[{place}] lacks `{missing[1]}`." if place else f"it lacks `{missing[1]}`."
    for theirs, ours in (
        ("`array`", "a list"),
        ("`str`", "a text"),
        ("`object`", "a table"),
        ("`float`", "a number"),
    ):
        said = said.replace(theirs, ours)
    return f"`{name}` in [{table}]: {said}." if name else f"`{table}`: {said}."


def _keys(place: str) -> list[str]:
    """The keys that a table may have; place: its name, "" for the whole file."""
    kind: Any = Manifest
    if place:
        declared = typing.get_type_hints(Manifest).get(place)
        kind = next(
            (each for each in typing.get_args(declared) or (declared,) if hasattr(each, "__struct_fields__")),
            None,
        )
    return [name for name in getattr(kind, "__struct_fields__", ()) if name != "folder"]


def _path(kind: type, value: object) -> object:
    if kind is Path and isinstance(value, Path):
        return value
    raise NotImplementedError(f"{kind} of {value!r}")


def _merged(base: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """Tables over tables, anything else in place of what stood there."""
    merged = dict(base)
    for name, value in change.items():
        old = merged.get(name)
        merged[name] = _merged(old, value) if isinstance(value, dict) and isinstance(old, dict) else value
    return merged


def _check(manifest: Manifest) -> None:
    """Raises ValueError for what the shapes alone cannot tell."""
    if not re.fullmatch(r"[a-z][a-z0-9-]*", manifest.name):
        raise ValueError(
            f"name is '{manifest.name}': it must be of small letters, digits and hyphens, like 'my-notes'."
        )
    if manifest.lasts not in ("file", "run"):
        raise ValueError(f"lasts is '{manifest.lasts}': it must be 'file' or 'run'.")
    agent, server = manifest.agent, manifest.server
    patience = [each.ready_within for each in (agent, server) if each is not None]
    for text in (manifest.profile.slack, manifest.profile.retry_interval, *patience):
        Duration.parse(text)
    _ = manifest.backlog
    if manifest.driver and not re.fullmatch(r"[^:]+\.py:\w+", manifest.driver):
        raise ValueError(f"driver is '{manifest.driver}': write it like 'driver.py:Driver'.")
    for url in agent.urls:
        if not re.fullmatch(r"http://[^\s:/]+:\d+/?", url):
            raise ValueError(f"`urls` in [agent]: '{url}' must be like 'http://127.0.0.1:8701'.")
    if server is not None and server.address and not re.fullmatch(r"[^\s:/]+:\d+", server.address):
        raise ValueError(f"`address` in [server] is '{server.address}': it must be like '127.0.0.1:8600'.")
    _check_placeholders("[agent] command", (*agent.command, *agent.env.values()), (*_AGENT, *agent.settings))
    if server is not None:
        words = (*server.command, *server.env.values())
        _check_placeholders("[server] command", words, (*_SERVER, *server.settings))
        _check_placeholders("[server] ready", (server.ready,), _READY)
    if manifest.log is not None:
        _check_placeholders("[log] command", manifest.log.command, _LOG)
    if not manifest.driver:
        if sum(map(bool, (agent.entry, agent.command, agent.urls))) != 1:
            raise ValueError("[agent] needs one of: command, entry, urls.")
        if server is not None and sum(map(bool, (server.entry, server.command, server.address))) != 1:
            raise ValueError("[server] needs one of: command, entry, address.")
        if server is not None and not (server.ready or server.probe):
            raise ValueError(
                "[server] needs `ready`, the URL that answers once it can be used, like "
                "'http://127.0.0.1:{port}/health', or `probe` and `reply`: the harness proves faults with it."
            )
        if server is not None and bool(server.probe) != bool(server.reply):
            raise ValueError("[server] needs both of `probe` and `reply`, or neither.")


def _check_placeholders(where: str, words: Sequence[str], known: Sequence[str]) -> None:
    for word in words:
        for found in PLACEHOLDER.finditer(word):
            if found[1] not in known:
                near = [
                    f" Did you mean {{{name}}}?" for name in difflib.get_close_matches(found[1], known, 1)
                ]
                names = ", ".join(f"{{{name}}}" for name in sorted(known))
                raise ValueError(
                    f"{where} has the placeholder {found[0]}.{''.join(near)} Known there: {names}."
                )
