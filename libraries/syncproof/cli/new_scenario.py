"""`syncproof new scenario`: a suite file with one scenario that runs as it stands."""

from __future__ import annotations

import re
from pathlib import Path

from syncproof.cli.project import ROOT, SUITES, CannotDo, shown

_CATEGORY = """*** Settings ***
Documentation    Scenarios about {category}.
"""
_SCENARIO = """*** Settings ***
Documentation    {title}: say here what would be wrong if it failed.

Resource         ../../resources/sync.resource

Test Tags        {category}    priority:medium


*** Test Cases ***
{title}
    [Documentation]    Bob's network is away for three seconds, in the middle of what Alice says.
    Given Alice and Bob are syncing
     When Alice sends 30 messages
      And Bob's network is cut after he has received 10 messages
      And Bob's network is restored after 3 seconds
     Then Bob should receive all 30 messages within 20 seconds
      And Bob should have no duplicates
"""


def write(name: str, category: str, suites: Path = SUITES) -> int:
    """Write it, and say how to go on. suites: the folder of all suites. Raises CannotDo."""
    title = " ".join(name.split())
    stem = re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")
    if not stem:
        raise CannotDo(f"'{name}' is no title: it needs letters.")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", category):
        raise CannotDo(f"'{category}' is no category: take small letters, like resilience.")
    if not suites.is_dir():
        raise CannotDo(f"{suites} is not there: the command works in a checkout of Syncproof.")
    file = suites / category / f"{stem}.robot"
    if file.exists():
        raise CannotDo(f"{shown(file)} is there already. Choose another title.")
    file.parent.mkdir(exist_ok=True)
    about = file.parent / "__init__.robot"
    if not about.exists():
        about.write_text(_CATEGORY.format(category=category))
    file.write_text(_SCENARIO.format(title=title[0].upper() + title[1:], category=category))
    print(f"{shown(file)} runs as it stands; now make it say what you mean:")
    print(f"  robot --dryrun --output NONE {shown(file)}     are all sentences known?")
    print(f"  robot --outputdir results {shown(file)}")
    print(f"The rules are in {shown(ROOT / 'docs' / 'writing-scenarios.md')}; all sentences: make docs.")
    return 0
