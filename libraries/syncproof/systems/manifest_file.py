"""Reads a product.toml, and says in its own words what is wrong with it."""

from __future__ import annotations

import difflib
import re
import tomllib
import typing
from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError
from pathlib import Path
from typing import Any

import msgspec

from syncproof.kernel.layout import DEVICES
from syncproof.kernel.quantities import Duration
from syncproof.registry import needs_of_workloads
from syncproof.systems.manifest import (
    PLACEHOLDER,
    SERVER,
    Manifest,
    ManifestError,
    ProbedProgram,
    ServerProgram,
)

#: What may stand in the texts of each program, besides its own settings.
_SERVER = ("directory", "port", "python", "secret")
_AGENT = ("control_port", "device", "directory", "python", "secret", "seed", "server")
_READY = ("address", "port")
_LOG = ("directory", "group", "port", "python", "secret")
#: What nodes must not be called, because these words mean something else where they are named.
_TAKEN = frozenset({SERVER, DEVICES, "server", *_SERVER, *_AGENT, *_READY, *_LOG})


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
        if "server" in tables.get("node", {}):
            if "server" in tables:
                raise ValueError("[server] is short for [node.server]: it has both.")
            tables = {**tables, "server": tables["node"].pop("server")}
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
    place = place.replace("node[...]", "node.NAME")  # msgspec does not say which
    table, _, name = place.rpartition(".") if place.startswith("node.") else place.partition(".")
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
        declared = typing.get_type_hints(Manifest).get(place.partition(".")[0])
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
    for name in manifest.workloads or ():
        if name not in (known := needs_of_workloads()):
            raise ValueError(
                f"workloads names '{name}'. Those that not every product has: {', '.join(known)}."
            )
    agent, log = manifest.agent, manifest.log
    nodes = {_table(name): program for name, program in manifest.described.items()}
    patience = [each.ready_within for each in (agent, *nodes.values())]
    for text in (manifest.profile.slack, manifest.profile.retry_interval, *patience):
        Duration.parse(text)
    _ = manifest.backlog
    if manifest.driver and not re.fullmatch(r"[^:]+\.py:\w+", manifest.driver):
        raise ValueError(f"driver is '{manifest.driver}': write it like 'driver.py:Driver'.")
    for url in agent.urls:
        if not re.fullmatch(r"http://[^\s:/]+:\d+/?", url):
            raise ValueError(f"`urls` in [agent]: '{url}' must be like 'http://127.0.0.1:8701'.")
    for wrong in _wrong_links(manifest):
        raise ValueError(wrong)
    _check_placeholders("[agent] command", (*agent.command, *agent.env.values()), (*_AGENT, *agent.settings))
    if log is not None:
        _check_placeholders("[log] command", log.command, _LOG)
    _check_probes("[agent]", agent, needed=manifest.links_devices)
    if not manifest.driver and sum(map(bool, (agent.entry, agent.command, agent.urls))) != 1:
        raise ValueError("[agent] needs one of: command, entry, urls.")
    for name, client in manifest.client.items():
        if sum(map(bool, (client.entry, client.command))) != 1 or client.urls:
            raise ValueError(f"[client.{name}] needs one of: command, entry.")
        words = (*client.command, *client.env.values())
        _check_placeholders(f"[client.{name}] command", words, (*_AGENT, *agent.settings, *client.settings))
    for table, program in nodes.items():
        _check_node(table, program)
        # The server may be the driver's to start; nobody else knows of further nodes.
        if not manifest.driver or program is not manifest.server:
            _check_start(table, program)


def _table(name: str) -> str:
    return "[server]" if name == SERVER else f"[node.{name}]"


def _check_node(table: str, node: ServerProgram) -> None:
    if node.address and not re.fullmatch(r"[^\s:/]+:\d+", node.address):
        raise ValueError(f"`address` in {table} is '{node.address}': it must be like '127.0.0.1:8600'.")
    if not 1 <= node.count <= 9 or (node.address and node.count > 1):
        raise ValueError(
            f"`count` in {table} is {node.count}: from 1 to 9 can be started; 1 runs at an address."
        )
    words = (*node.command, *node.env.values())
    for name in node.ports:
        if not re.fullmatch(r"[a-z]+(_[a-z]+)*", name) or not node.command:
            raise ValueError(
                f"`ports` in {table} names '{name}': further ports have names of small letters, and a `command` "
                "that is told them."
            )
        if not any(f"{{{name}_port}}" in word for word in words):
            raise ValueError(f"`ports` in {table} names '{name}', and its command has no {{{name}_port}}.")
    _check_placeholders(f"{table} command", words, (*_SERVER, *node.port_names, *node.settings, *node.links))


def _check_start(table: str, node: ServerProgram) -> None:
    if sum(map(bool, (node.entry, node.command, node.address))) != 1:
        raise ValueError(f"{table} needs one of: command, entry, address.")
    _check_probes(table, node, needed=True)


def _check_probes(table: str, node: ProbedProgram, *, needed: bool) -> None:
    ports = node.port_names if isinstance(node, ServerProgram) else ()
    _check_placeholders(f"{table} ready", (node.ready,), (*_READY, *ports))
    if needed and not (node.ready or node.probe):
        raise ValueError(
            f"{table} needs `ready`, the URL that answers once it can be used, like "
            "'http://127.0.0.1:{port}/health', or `probe` and `reply`: the harness proves faults with it."
        )
    if not node.probe and any(f"{{{name}}}" in node.ready for name in ports):
        raise ValueError(
            f"`ready` in {table} asks another port than `{{port}}`: it needs `probe` and `reply` for that one, with "
            "which the harness proves faults."
        )
    if bool(node.probe) != bool(node.reply):
        raise ValueError(f"{table} needs both of `probe` and `reply`, or neither.")


def _wrong_links(manifest: Manifest) -> Iterator[str]:
    """What is wrong with the names of nodes and with the links between them."""
    for name in manifest.node:
        if not re.fullmatch(r"[a-z]+(_[a-z]+)*", name) or name in _TAKEN:
            yield f"[node.{name}]: a node's name is of small letters, and none of {', '.join(sorted(_TAKEN))}."
    links = {_table(name): program.links for name, program in manifest.described.items()}
    if manifest.described or manifest.agent.links != (SERVER,):
        links["[agent]"] = manifest.agent_links
    for table, names in links.items():
        for name in names:
            if name not in manifest.described:
                there = ", ".join(manifest.described) or "none"
                yield f"`links` in {table} names '{name}', and there is no such node. Nodes: {there}."
    if manifest.lasts == "run" and any(node.links for node in manifest.described.values()):
        yield "lasts is 'run', and nodes have links: the proxies of links last for a suite file, so must the nodes."
    try:
        _ = manifest.nodes
    except CycleError as wrong:
        yield f"`links` of nodes go round: {' -> '.join(wrong.args[1])}. A node starts behind those that it links to."


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
