"""What the kill matrix tells: lines for people, and JUnit XML for whoever sums up."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.etree import ElementTree

from syncproof_defects.kills import Kill

#: One of so many pairs may need its second try.
_STEADY = 50


def tell(
    kills: Sequence[Kill], unsteady: Sequence[Kill], undeclared: Iterable[str], closing: str, report: Path
) -> int:
    """Print every pair and write the report; 0 where all is well, else 1.

    unsteady: first tries of pairs that were kills at the second. undeclared: tests without a pair. closing: a line.
    """
    suite = ElementTree.Element("testsuite", name="kill matrix")
    passed = failed = skipped = 0

    def failure(where: str, name: str, reason: str, message: str = "") -> None:
        nonlocal failed
        failed += 1
        case = ElementTree.SubElement(suite, "testcase", classname=where, name=name)
        ElementTree.SubElement(case, "failure", message=reason).text = message

    for kill in kills:
        pair = kill.pair
        word = "SKIPPED" if kill.skipped else "ALIVE" if kill.reason else "killed"
        print(f"{word:7} {pair}")
        _tell_why(kill)
        if kill.reason and not kill.skipped:
            failure(pair.test, pair.defect, kill.reason, kill.message)
            continue
        case = ElementTree.SubElement(suite, "testcase", classname=pair.test, name=pair.defect)
        if kill.skipped:
            ElementTree.SubElement(case, "skipped", message=kill.reason)
        passed, skipped = passed + (not kill.skipped), skipped + kill.skipped
    for kill in unsteady:
        print(f"UNSTEADY {kill.pair.test} <- {kill.pair.defect}")
        _tell_why(kill)
    may = -(-len(kills) // _STEADY)
    if len(unsteady) > may:
        reason = f"{len(unsteady)} of {len(kills)} pairs were kills at their second try only; {may} may be"
        print(f"        {reason}")
        failure("kill matrix", "is steady", reason, "\n".join(str(kill.pair) for kill in unsteady))
    for test in undeclared:
        reason = "no table of pairs has a defect that it has to catch on its default product"
        print(f"MISSING {test}: {reason}")
        failure(test, "is declared", reason)
    suite.attrib |= {
        "tests": str(passed + failed + skipped),
        "failures": str(failed),
        "errors": "0",
        "skipped": str(skipped),
    }
    report.parent.mkdir(parents=True, exist_ok=True)
    ElementTree.ElementTree(suite).write(report, encoding="unicode", xml_declaration=True)
    if closing:
        print(closing)
    more = [f"{count} {word}" for count, word in ((skipped, "skipped"), (len(unsteady), "unsteady")) if count]
    print(f"kill matrix: {', '.join([f'{passed} passed', f'{failed} failed', *more])}")
    return 1 if failed else 0


def _tell_why(kill: Kill) -> None:
    """Why it does not count, what its test said, and where to look."""
    if kill.reason:
        print(f"        {kill.reason}")
        if kill.message:
            print(f"        Its test said: {kill.message.splitlines()[0]}")
        if kill.evidence is not None:
            print(f"        Evidence: {kill.evidence}")


def tell_full(kills: Sequence[Kill], report: Path) -> int:
    """A row for each pair, and for each defect who caught it; what nobody catches is no failure here."""
    report.parent.mkdir(parents=True, exist_ok=True)
    with report.open("w", newline="") as table:
        rows = csv.writer(table)
        rows.writerow(["test", "defect", "failed checks", "why it is no kill"])
        for kill in kills:
            said = " ".join(kill.failed)
            rows.writerow([kill.pair.test, kill.pair.defect, said, "" if kill.failed else kill.reason])
            print(f"{kill.pair.test} x {kill.pair.defect}: {said or kill.reason}")
    tests = len({kill.pair.test for kill in kills})
    for defect in dict.fromkeys(kill.pair.defect for kill in kills):
        caught = sum(1 for kill in kills if kill.pair.defect == defect and not kill.reason)
        print(f"{defect}: caught by {caught} of {tests} scenarios")
    return 0
