"""The suites on a product: installs it, runs them, holds its skips against its list, and has it catch its defects.

    python -m syncproof.report.product_pass nats              all suites, as `make suites SYSTEM=nats`
    python -m syncproof.report.product_pass --ci              of each product, what its manifest says for CI

A product that cannot be installed here is skipped, with the reason in one line; with CI in the environment, where it
can be, that is a failure.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

from syncproof.report import skips
from syncproof.systems.errors import SystemNotThere
from syncproof.systems.installing import install
from syncproof.systems.manifest import Manifest
from syncproof.systems.products import find, known

#: Suite files side by side; of a product whose server lasts for the run, robots with a server each.
_PROCESSES, _SERVERS = 8, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line: see the module. What stands behind the options is for robot."""
    parser = argparse.ArgumentParser(
        prog="python -m syncproof.report.product_pass", description="Suites on a product."
    )
    parser.add_argument("system", nargs="?", help="a product, a variant, or the path of a product.toml")
    parser.add_argument("--ci", action="store_true", help="what the manifests of all products say for CI")
    parser.add_argument("--results", type=Path, default=Path("results"))
    parser.add_argument("--suites", type=Path, default=Path("suites"))
    chosen, options = parser.parse_known_args(arguments)
    if chosen.ci:
        products = [product for name in known() if (product := find(name)).ci.include]
        statuses = [
            _run(product, chosen.results / product.system, chosen.suites, _for_ci(product, options))
            for product in products
        ]
        return max(statuses, default=0)
    if not chosen.system:
        parser.error("name a product")
    product = find(chosen.system)
    return _run(product, chosen.results / product.system, chosen.suites, options, whole=True)


def _for_ci(product: Manifest, options: Sequence[str]) -> list[str]:
    included = [word for tag in product.ci.include for word in ("--include", tag)]
    return ["--variable", "TIME_SCALE:0.1", *included, *options]


def _run(
    product: Manifest, results: Path, suites: Path, options: Sequence[str], *, whole: bool = False
) -> int:
    results.mkdir(parents=True, exist_ok=True)
    print(f"-- {product.system}", flush=True)
    if "STACK:compose" not in options:  # there it comes with its image
        try:
            install(product)
        except SystemNotThere as why:
            return _instead(product, str(why), results)
    command = [sys.executable, "-m", "robot"]
    if whole:
        lasting = ["--processes", str(_SERVERS), "--chunk"] if product.lasts == "run" else []
        command = [sys.executable, "-m", "syncproof.report.interruptible", "--no-pabotlib"]
        command += lasting or ["--processes", str(_PROCESSES)]
        command += ["--artifacts", "log,json,txt,svg,jsonl,notimestamps", "--artifactsinsubfolders"]
    system = product.system if _has_name(product) else str(product.folder)
    told = ["--variable", f"SYSTEM:{system}", *options]
    status = _told([*command, "--outputdir", str(results), *told, str(suites)])
    output = results / "output.xml"
    if not output.exists():
        return status or 1
    stack = next((word.partition(":")[2] for word in options if word.startswith("STACK:")), "embedded")
    status = skips.main(["--system", system, "--stack", stack, str(output)]) or status
    if (product.folder / "defects").is_dir():
        status = _kills(product, results, output, told) or status
    return status


def _kills(product: Manifest, results: Path, output: Path, told: Sequence[str]) -> int:
    """Of what the run had, the defects that are to be caught; below one the deadline tells nothing, so it is short."""
    variables = [word for word in told if ":" in word and not word.startswith("SYSTEM:")]
    options = [word for each in ("SLACK:10", *variables) for word in ("--variable", each)]
    processes = "1" if product.lasts == "run" else "4"
    command = [sys.executable, "-m", "syncproof_defects.matrix", "--system", product.system, "--selected"]
    where = ["--baseline", str(output), "--results", str(results / "kill-matrix"), "--processes", processes]
    return _told([*command, *where, *options])


def _has_name(product: Manifest) -> bool:
    """Whether the product is one of this project's, which a run may call by its name."""
    return product.system in known()


def _told(command: Sequence[str]) -> int:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return subprocess.run(command, check=False, env={**os.environ, "PATH": path}).returncode


def _instead(product: Manifest, why: str, results: Path) -> int:
    """Say and record that nothing ran."""
    failed = bool(os.environ.get("CI"))
    word = "failure" if failed else "skipped"
    print(f"{word.upper()}: Nothing ran on {product.system}. {why}", flush=True)
    suite = ElementTree.Element(
        "testsuite",
        name=product.system,
        tests="1",
        errors="0",
        failures=str(int(failed)),
        skipped=str(int(not failed)),
    )
    case = ElementTree.SubElement(suite, "testcase", classname=product.system, name="is installed")
    ElementTree.SubElement(case, word, message=why)
    ElementTree.ElementTree(suite).write(results / "instead.xml", encoding="unicode", xml_declaration=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
