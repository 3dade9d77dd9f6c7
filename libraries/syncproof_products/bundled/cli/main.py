"""`sync-cli`: a device without a window. Each command is one short life of it; what waits goes out with the next."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from syncproof_products.bundled.cli import commands, folder
from syncproof_products.bundled.cli.commands import Answer
from syncproof_products.bundled.cli.folder import Account, FailedError
from syncproof_products.bundled.cli.session import Session, opened

_WITHIN_S = 30.0
_VALID_S = 600.0
_MOST_S = 86_400.0


def parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    made = argparse.ArgumentParser(
        prog="sync-cli",
        description="A device of an end-to-end encrypted group, on the command line.",
        epilog="exit status: 0 done; 1 it could not be done, the message says why; 2 wrong usage",
    )
    of = made.add_subparsers(dest="command", required=True)

    def command(name: str, about: str, *outputs: str) -> argparse.ArgumentParser:
        added = of.add_parser(name, help=about)
        added.add_argument("--data-dir", type=Path, default=_home(), help="the device's folder (%(default)s)")
        added.add_argument("--output", choices=("text", "json", *outputs), default="text")
        added.add_argument(
            "--timeout", type=_seconds, default=_WITHIN_S, help="seconds for the relay (%(default)s)"
        )
        return added

    init = command("init", "make a device")
    init.add_argument("--name", required=True)
    init.add_argument("--relay", default=os.environ.get("SYNC_RELAY", ""), help="host:port ($SYNC_RELAY)")
    init.add_argument(
        "--secret", default=os.environ.get("SYNC_SECRET", ""), help="to register with ($SYNC_SECRET)"
    )
    pair = command("pair", "bring devices into a group", "code")
    way = pair.add_mutually_exclusive_group(required=True)
    way.add_argument("--create", action="store_true", help="make an invite, and a group where there is none")
    way.add_argument("--join", metavar="CODE", help="use an invite: a short code, or the text of a QR code")
    pair.add_argument("--passphrase", help="of the group that is made (default: drawn)")
    pair.add_argument(
        "--valid", type=_seconds, default=_VALID_S, help="seconds for which it can be used (%(default)s)"
    )
    push = command("push", "say something to the group")
    what = push.add_mutually_exclusive_group(required=True)
    what.add_argument("text", nargs="?")
    what.add_argument("--file", type=Path, help="its content; - is standard input")
    pull = command("pull", "show what was said")
    pull.add_argument("--after-cursor", type=int, default=0, metavar="N", help="behind this one only")
    command("status", "show how the device stands")
    command("devices", "show who is in the group")
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    given = parser().parse_args(arguments)
    try:
        if given.command == "init":
            folder.make(given.data_dir, Account(given.name, given.relay, given.secret))
            answer: Answer = {"name": given.name, "key": str(given.data_dir / folder.KEY)}
        else:
            answer = asyncio.run(_run(given))
    except FailedError as failed:
        if failed.answer is not None:
            print(_written(given.command, failed.answer, given.output))
        print(f"sync-cli: {failed}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("sync-cli: interrupted; what waits goes out with the next command", file=sys.stderr)
        return 130
    print(_written(given.command, answer, given.output))
    return 0


async def _run(given: argparse.Namespace) -> Answer:
    account = folder.read(given.data_dir)
    async with opened(given.data_dir, account, given.timeout) as session:
        return await _of(session, given)


async def _of(session: Session, given: argparse.Namespace) -> Answer:
    match given.command:
        case "pair" if given.create:
            return await commands.create(session, given.passphrase, given.valid)
        case "pair":
            return await commands.join(session, given.join)
        case "push":
            return await commands.push(session, given.text, given.file)
        case "pull":
            return await commands.pull(session, given.after_cursor)
        case "status":
            return await commands.status(session)
        case _:
            return await commands.devices(session)


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds <= _MOST_S:
        raise argparse.ArgumentTypeError(f"expected more than 0 and at most {_MOST_S:g} seconds, not {text}")
    return seconds


def _written(command: str, answer: Mapping[str, object], output: str) -> str:
    if output == "json":
        return json.dumps(answer, ensure_ascii=False)
    if output == "code":
        return str(answer.get("code", ""))
    rows = answer.get("messages", answer.get("devices"))
    if command in ("pull", "devices") and isinstance(rows, list):
        return "\n".join("\t".join(str(value) for value in row.values()) for row in rows)
    return "\n".join(f"{name}: {value}" for name, value in answer.items())


def _home() -> Path:
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "sync-cli"
