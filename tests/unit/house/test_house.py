"""Rules of the house that no linter knows."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from tests.contract.containers.conftest import IMAGE
from tests.unit.house.imports import imported

ROOT = Path(__file__).parents[3]
PRODUCTS = ROOT / "libraries" / "syncproof_products"
KEYWORD_LIBRARIES = sorted(
    path for folder in ("libraries", "libraries/syncproof/keywords") for path in (ROOT / folder).glob("*.py")
)
#: What is below floor 2, or would let a keyword wait and talk by itself.
NOT_FOR_KEYWORDS = {
    "asyncio",
    "httpx",
    "socket",
    "subprocess",
    "syncproof_agentkit",
    "syncproof_synckit",
    "threading",
    "time",
}


def test_a_testers_own_module_is_never_taken_for_one_of_ours() -> None:
    """Whatever stands beside a suite comes first: ours are in packages, or are libraries by their names."""
    names = {path.stem for path in (ROOT / "libraries").iterdir() if path.suffix == ".py" or path.is_dir()}
    ours = {name for name in names if name.startswith("syncproof") or name.endswith("Library")}
    assert names - ours <= {"__pycache__"} | {name for name in names if name.endswith(".egg-info")}


@pytest.mark.parametrize("module", KEYWORD_LIBRARIES, ids=lambda path: path.name)
def test_keywords_call_floor_2_and_nothing_below(module: Path) -> None:
    assert not imported(module.read_text()) & NOT_FOR_KEYWORDS


def test_ci_runs_every_category_on_the_stacks_that_it_names() -> None:
    def categories(*stack: str) -> set[str]:
        done = subprocess.run(
            [ROOT / ".ci" / "categories", *stack], capture_output=True, text=True, check=True
        )
        return set(json.loads(done.stdout))

    everything = {path.parent.name for path in (ROOT / "suites").glob("*/*.robot")}
    assert categories() == categories("embedded") == everything
    assert categories("compose") == everything - {
        "adversarial",
        "agent",
        "bidirectional",
        "broadcast",
        "content",
        "encryption",
        "p2p_byzantine",
        "p2p_criteria",
        "p2p_loops",
        "p2p_ordering",
        "p2p_partition",
        "p2p_scale",
        "p2p_security",
        "platform",
    }
    assert categories("embedded", "quick") == everything
    quickly = categories("compose", "quick")
    assert "catchup" in quickly <= categories("compose")
    assert "attachment" not in quickly
    workflow = (ROOT / ".github" / "workflows" / "acceptance.yml").read_text()
    used = re.findall(r"category: \$\{\{ fromJSON\(needs\.categories\.outputs\.(\w+)\) \}\}", workflow)
    assert used == ["embedded", "compose"]


def test_every_image_is_one_release() -> None:
    compose = ROOT / "compose"
    files = [*compose.glob("*Dockerfile"), *ROOT.rglob("compose.yaml")]
    text = "\n".join(path.read_text() for path in files)
    images = set(re.findall(r"^(?:FROM|\s*image:) +(?:\$\{\w+:-)?([^\s}]+:[^\s}]+)", text, re.MULTILINE))
    assert len(images) > 4
    floating = [
        each for each in images if not re.search(r":v?\d+\.\d+\.\d+(-|$)|^postgres:\d+\.\d+-|:local$", each)
    ]
    assert floating == []
    assert IMAGE in images


def test_every_pinned_requirement_is_declared_with_its_reason() -> None:
    pinned = set(re.findall(r"^([\w-]+)==", (ROOT / "requirements.txt").read_text(), re.MULTILINE))
    declared = re.search(r"^dependencies = \[\n(.*?)^\]", (ROOT / "pyproject.toml").read_text(), re.M | re.S)
    assert declared is not None
    lines = declared[1].splitlines()
    names = {re.match(r'\s*"([\w-]+)', line)[1] for line in lines}  # type: ignore[index]
    assert names == pinned
    assert all("# " in line for line in lines)


def test_synapse_has_one_version_with_and_without_containers() -> None:
    package = re.search(
        r"matrix-synapse==([\d.]+)", (PRODUCTS / "matrix" / "server-requirements.txt").read_text()
    )
    image = re.search(
        r"matrixdotorg/synapse:v([\d.]+)\}",
        (ROOT / "libraries/syncproof_products/matrix/compose.yaml").read_text(),
    )
    assert package is not None
    assert image is not None
    assert package[1] == image[1]
