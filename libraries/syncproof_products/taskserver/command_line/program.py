"""The commands: what they take, print, and end with."""

from __future__ import annotations

import argparse
import getpass
import secrets
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from syncproof_agentkit.client import StoreError
from syncproof_agentkit.workloads.tasks.store import Operation
from syncproof_products.taskserver.command_line.store import LocalStore
from syncproof_products.taskserver.command_line.syncing import Unfinished, sync

#: Exit status of a sync that has to be said again.
UNFINISHED = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0 done, 1 the folder cannot be used, 2 wrong usage, 3 not everything is synced yet."""
    given = _parser().parse_args(arguments)
    try:
        store = LocalStore(given.data)
        try:
            return int(given.do(store, given))
        finally:
            store.close()
    except StoreError as wrong:
        print(wrong, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tasks", description="Change tasks, also offline, and sync them with a server."
    )
    parser.add_argument("--data", type=Path, required=True, help="the folder of what is kept here")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for kind, about in (
        ("create", "a new task"),
        ("update", "what a task says"),
        ("delete", "a task, and why"),
    ):
        change = commands.add_parser(kind, help=about)
        change.add_argument("repository")
        change.add_argument("task")
        change.add_argument("text", nargs="?" if kind == "delete" else None, default="")
        change.add_argument("--key", default="", help="the same whenever the command is repeated")
        change.set_defaults(do=_change, kind=kind)
    syncing = commands.add_parser("sync", help="send what waits, and fetch what has changed")
    syncing.add_argument("repository")
    syncing.add_argument("server", help="host:port")
    syncing.add_argument("--client", default=getpass.getuser() if sys.stdin else "", help="who asks")
    syncing.add_argument("--timeout", type=float, default=15.0, help="seconds without an answer")
    syncing.add_argument(
        "--after", type=int, default=-1, help="print the changes behind this number, as JSON"
    )
    syncing.add_argument(
        "--of", nargs="*", default=[], metavar="KEY", help="print what became of these changes"
    )
    syncing.set_defaults(do=_sync)
    listing = commands.add_parser("list", help="the tasks of a repository, as they are here")
    listing.add_argument("repository")
    listing.set_defaults(do=_list)
    return parser


def _change(store: LocalStore, given: argparse.Namespace) -> int:
    key = given.key or secrets.token_hex(8)
    if store.operation(key) is None:
        wanted = Operation(
            key,
            given.repository,
            given.kind,
            given.task,
            given.text,
            0,
            "",
            "",
            "",
            store.count(),
            time.time(),
        )
        store.accept([wanted])
    return 0


def _sync(store: LocalStore, given: argparse.Namespace) -> int:
    why, again_s = "", 0.0
    try:
        sync(store, given.repository, given.server, given.client, given.timeout)
    except Unfinished as wrong:
        why, again_s = str(wrong), wrong.again_s
    if given.after >= 0:
        known = [known for key in given.of if (known := store.operation(key)) is not None]
        told = {
            "why": why,
            "again_s": again_s,
            "changes": store.changes(given.repository, given.after),
            "operations": {each.op_id: {"state": each.state, "seq": each.seq} for each in known},
        }
        print(msgspec.json.encode(told).decode())
    elif why:
        print(f"Not everything is synced: {why}. Say it again later.", file=sys.stderr)
    return UNFINISHED if why else 0


def _list(store: LocalStore, given: argparse.Namespace) -> int:
    for name, (text, waits) in sorted(store.tasks(given.repository).items()):
        print(f"{name}\t{text}{'  (not sent yet)' if waits else ''}")
    return 0
