"""`syncproof COMMAND`. Exit status: 0 done, 1 something is missing or wrong (the output says what), 2 wrong usage."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from syncproof.cli import doctor, new_product, new_scenario, products
from syncproof.cli.project import CannotDo
from syncproof.kernel.agent import AgentUnreachable, MalformedReply
from syncproof.processes.errors import ProcessError
from syncproof.report import skips
from syncproof.systems.errors import SystemNotThere
from syncproof.systems.installing import install
from syncproof.systems.manifest import ManifestError
from syncproof.systems.products import find

_EXPECTED = (CannotDo, SystemNotThere, ManifestError, ProcessError, AgentUnreachable, MalformedReply, OSError)
_EXAMPLES = """
examples:
  syncproof doctor                                   what works on this machine, and what to install for the rest
  syncproof new product my-notes --language node     a toy product with its manifest, to begin with
  syncproof doctor --system my-notes                 whether that product can run here
  syncproof products --system my-notes               what it can do
  syncproof install nats                             what that product needs
  syncproof new scenario "Coffee break"              a scenario that runs, to begin with
  syncproof skips --write --system my-notes output.xml   the list of what it may skip, from a run

exit status: 0 done; 1 something is missing or wrong, and the output says what; 2 wrong usage
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line: see `syncproof --help`."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    try:
        if given[:1] == ["skips"]:  # a command of its own as well, which `make` and CI use
            return skips.main(given[1:])
        return _run(_parser().parse_args(given))
    except BrokenPipeError:  # its reader has seen enough: `syncproof doctor | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except _EXPECTED as wrong:
        print(f"syncproof: {wrong}", file=sys.stderr)
        return 1


def _run(chosen: argparse.Namespace) -> int:
    match chosen.command:
        case "doctor":
            return doctor.examine(chosen.system)
        case "products":
            return products.names() if chosen.names else products.show(chosen.system)
        case "install":
            install(find(chosen.system))
            return 0
        case "scenario":
            return new_scenario.write(chosen.name, chosen.category)
        case _:
            return new_product.write(chosen.name, chosen.language, chosen.folder)


def _parser() -> argparse.ArgumentParser:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="syncproof",
        description="What works on this machine, which products can be tested, and the first files of your own.",
        epilog=_EXAMPLES,
        formatter_class=raw,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    made = commands.add_parser(
        "doctor", help="what works on this machine; for each that does not, what to install"
    )
    made.add_argument("--system", help="one product: exit status 1 if it cannot run here")
    made = commands.add_parser(
        "products", help="which products there are, what they can do, whether they can run here"
    )
    made.add_argument("--system", help="one product: a name, or the path of its product.toml or folder")
    made.add_argument(
        "--names", action="store_true", help="the names of this project's products, in one line"
    )
    made = commands.add_parser("install", help="what a product needs: its agent's packages, its server")
    made.add_argument("system", help="a product: a name, or the path of its product.toml or folder")
    commands.add_parser(
        "skips", help="hold the skips of a run against the product's list, or write that list"
    )
    new = commands.add_parser("new", help="the first files of a product or a scenario")
    kinds = new.add_subparsers(required=True, metavar="product|scenario")
    made = kinds.add_parser(
        "product", help="a folder with a toy server, a toy agent, the manifest and a README"
    )
    made.set_defaults(command="product")
    made.add_argument("name", help="small letters, digits and hyphens, like my-notes")
    made.add_argument("--language", choices=new_product.LANGUAGES, default="python")
    made.add_argument("--folder", type=Path, help="where to write it (default: ./NAME)")
    made = kinds.add_parser("scenario", help="a suite file with one scenario that runs")
    made.set_defaults(command="scenario")
    made.add_argument("name", help='its title, like "Coffee break"')
    made.add_argument(
        "--category", default="resilience", help="the folder below suites (default: resilience)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
