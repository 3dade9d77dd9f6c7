"""The suites on a product: installs it, runs them, holds its skips against its list, and has it catch its defects.

    python -m syncproof.report.product_pass nats -- --include L-1.1    its suites, as `make suites SYSTEM=nats`
    python -m syncproof.report.product_pass --ci                       of each product, what its manifest says for CI,
                                                                       some side by side; `--ci NAME`: of this one

What stands behind `--` is for robot. A product that cannot be installed here is skipped, with the reason in one line;
with CI in the environment, where it can be, that is a failure.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

from syncproof.report import skips
from syncproof.report.process_groups import side_by_side
from syncproof.systems.errors import SystemNotThere
from syncproof.systems.installing import install
from syncproof.systems.manifest import Manifest, ManifestError
from syncproof.systems.products import FOLDER, find, known

#: Suite files side by side; of a product whose server lasts for the run, robots with a server each.
_PROCESSES, _SERVERS = 8, 2
#: Products side by side in CI, where one robot of each waits most of the time: for its programs, and for deadlines.
_PRODUCTS = 4
#: No product takes a fifth of this in CI. Seconds.
_PATIENCE_S = 720.0
#: A product that is ended has so long to tidy up. Seconds.
_GRACE_S = 15.0
_QUICKLY = ("--variable", "TIME_SCALE:0.1")


@dataclass(frozen=True)
class Pass:
    """One product, as the run was told of it (`system`). options: for robot. whole: all suites, side by side."""

    system: str
    product: Manifest
    results: Path
    suites: tuple[str, ...]
    options: tuple[str, ...]
    whole: bool

    @property
    def variables(self) -> dict[str, str]:
        """The settings among the options, by name."""
        told = [word for flag, word in pairwise(self.options) if flag in ("--variable", "-v")]
        return {word.split(":", 1)[0]: word.split(":", 1)[1] for word in told if ":" in word}

    @property
    def stack(self) -> str:
        """Where it runs."""
        return self.variables.get("STACK", "embedded")


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line: see the module. 2 for a product that nobody knows."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    place = given.index("--") if "--" in given else len(given)
    parser = argparse.ArgumentParser(
        prog="python -m syncproof.report.product_pass", description="Suites on a product.", allow_abbrev=False
    )
    parser.add_argument("system", nargs="?", help="a product, a variant, or the path of a product.toml")
    parser.add_argument("--ci", action="store_true", help="what the manifests of all products say for CI")
    parser.add_argument("--results", type=Path, default=Path("results"))
    chosen, options = parser.parse_args(given[:place]), tuple(given[place + 1 :])
    if not chosen.ci and not chosen.system:
        parser.error("name a product")
    try:
        if chosen.ci and not chosen.system:
            return _side_by_side([name for name in known() if find(name).ci.include], given)
        if chosen.ci:
            return _run(_for_ci(find(chosen.system), chosen.results, options))
        product = find(chosen.system)
        folder = _own_folder(chosen.results, product.system)
        return _run(Pass(chosen.system, product, folder, ("suites",), options, whole=True))
    except (ManifestError, SystemNotThere) as wrong:
        print(wrong, file=sys.stderr)
        return 2


def _own_folder(results: Path, system: str) -> Path:
    """A folder for this run alone; `latest` leads to it, as for every run of make."""
    folder = results / f"{datetime.now():%Y%m%d-%H%M%S}-{system}"
    folder.mkdir(parents=True)
    (results / "latest").unlink(missing_ok=True)
    (results / "latest").symlink_to(folder.name)
    return folder


def _side_by_side(names: Sequence[str], arguments: Sequence[str]) -> int:
    """What CI runs of each product, in a process of its own, told as it comes. The worst status of all."""
    place = arguments.index("--") if "--" in arguments else len(arguments)
    module = [sys.executable, "-m", "syncproof.report.product_pass"]
    commands = {name: [*module, *arguments[:place], name, *arguments[place:]] for name in names}
    statuses = side_by_side(commands, _PRODUCTS, _PATIENCE_S, _GRACE_S)
    return max(map(abs, statuses.values()), default=0)


def _for_ci(product: Manifest, results: Path, options: tuple[str, ...]) -> Pass:
    included = [word for tag in product.ci.include for word in ("--include", tag)]
    suites = tuple(f"suites/{path}" for path in product.ci.suites) or ("suites",)
    told = (*_QUICKLY, *included, *options)
    return Pass(product.system, product, results / product.system, suites, told, whole=False)


def _run(each: Pass) -> int:
    each.results.mkdir(parents=True, exist_ok=True)
    print(f"-- {each.product.system}", flush=True)
    if each.stack == "embedded":  # elsewhere it comes with its image
        try:
            install(each.product)
        except SystemNotThere as why:
            return _instead(each, str(why))
    status = _told(
        [
            *_robot(each),
            *("--outputdir", str(each.results)),
            *each.options,
            *("--variable", f"SYSTEM:{each.system}"),
            *each.suites,
        ]
    )
    output = each.results / "output.xml"
    if not output.exists():
        return status or 1
    status = skips.main(["--system", each.system, "--stack", each.stack, str(output)]) or status
    # Deliberate bugs are applied to products of this project alone.
    if each.product.folder.parent == FOLDER and (each.product.folder / "defects").is_dir():
        status = _kills(each, output) or status
    return status


def _robot(each: Pass) -> list[str]:
    if not each.whole:
        return [sys.executable, "-m", "robot"]
    lasting = ["--processes", str(_SERVERS), "--chunk"] if each.product.lasts == "run" else []
    return [
        *(sys.executable, "-m", "syncproof.report.interruptible"),
        *(lasting or ["--processes", str(_PROCESSES)]),
    ]


def _kills(each: Pass, output: Path) -> int:
    """Of what the run had, the defects that are to be caught, with the settings of the run."""
    variables = {"TIME_SCALE": "1", **each.variables}
    told = [word for name, value in variables.items() for word in ("--variable", f"{name}:{value}")]
    folder = each.results / "kill-matrix"
    status = _told(
        [
            *(
                sys.executable,
                "-m",
                "syncproof_defects.matrix",
                "--system",
                each.product.system,
                "--selected",
            ),
            *("--baseline", str(output), "--results", str(folder)),
            *("--processes", "1" if each.product.lasts == "run" else "4"),
            *told,
        ]
    )
    if (folder / "kills.xml").exists():
        shutil.copyfile(folder / "kills.xml", each.results / "kills.xml")
    return status


def _told(command: Sequence[str]) -> int:
    """The status of a command, which answers Ctrl-C by itself."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    process = subprocess.Popen(command, env={**os.environ, "PATH": path})
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


def _instead(each: Pass, why: str) -> int:
    """Say and record that nothing ran."""
    failed = bool(os.environ.get("CI"))
    word = "failure" if failed else "skipped"
    print(f"{word.upper()}: Nothing ran on {each.product.system}. {why}", flush=True)
    counts = {"tests": "1", "errors": "0", "failures": str(int(failed)), "skipped": str(int(not failed))}
    suite = ElementTree.Element("testsuite", {"name": each.product.system, **counts})
    case = ElementTree.SubElement(suite, "testcase", classname=each.product.system, name="is installed")
    ElementTree.SubElement(case, word, message=why)
    record = each.results / "instead.xml"
    ElementTree.ElementTree(suite).write(record, encoding="unicode", xml_declaration=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
