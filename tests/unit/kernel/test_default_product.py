"""A run that names no product: the workload of a test's first sentence chooses, once for a suite file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import pytest

from syncproof.evidence.folder import EvidenceFolder
from syncproof.kernel.default_product import default_product
from syncproof.kernel.sentence import Sentence, parse, vocabulary
from syncproof.kernel.setting import Settings
from syncproof.keywords.test_beds import Beds
from syncproof.registry import workload_of
from syncproof.systems.declared import SYSTEM
from syncproof.systems.products import known
from syncproof.workloads import verification

MESSAGES = [parse("Alice and Bob are syncing"), parse("Alice sends 5 messages")]
VERIFIES = [parse("Alice verifies Bob")]
FAULT = [parse("Bob's network is cut")]


def beds(settings: Settings, *stories: Sequence[Sentence]) -> Beds:
    made = Beds(lambda: settings, lambda: cast(EvidenceFolder, None))
    made.begin_file(stories)
    return made


def test_every_workload_has_a_product_that_is_known() -> None:
    workloads = {workload_of(kind) for kind in vocabulary()} - {None}
    folder = Path(verification.__file__).parents[1]
    assert len(workloads) == len(
        [each for each in folder.glob("*/__init__.py") if list(each.parent.glob("sentences*"))]
    )
    assert {workload.PRODUCT for workload in workloads if workload} <= set(known())


def test_the_first_sentence_of_a_workload_chooses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "PRODUCT", "nats")
    assert default_product(MESSAGES) == "bundled"
    assert default_product([*FAULT, *VERIFIES, *MESSAGES]) == "nats"
    assert default_product(FAULT) == default_product([]) == ""


def test_all_tests_of_a_file_have_one_product(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "PRODUCT", "nats")
    file = beds(Settings(), [], MESSAGES, VERIFIES)
    assert file.product == "bundled"
    assert file.differing(MESSAGES) == file.differing(FAULT) == ""
    said = file.differing(VERIFIES)
    assert "for nats, those of the tests before for bundled: move it into a suite file of its own" in said
    file.begin_file([VERIFIES])
    assert (file.product, file.differing(VERIFIES)) == ("nats", "")


def test_a_run_that_names_a_product_runs_everything_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "PRODUCT", "nats")
    assert beds(Settings({SYSTEM: "matrix"}), MESSAGES, VERIFIES).differing(VERIFIES) == ""
