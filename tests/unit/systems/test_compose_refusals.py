"""Products that cannot run in containers are refused before any engine is looked for, in one message."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from syncproof.systems.compose import ComposeStack
from syncproof.systems.errors import SystemNotThere
from syncproof.systems.products import FOLDER, find


def test_a_product_without_services_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemNotThere) as refused:
        ComposeStack(tmp_path, find("nats"))
    assert str(refused.value) == (
        "STACK is 'compose', and nats has no [compose] in its manifest: it runs on STACK embedded."
    )


def test_a_program_that_no_container_is_made_for_is_refused() -> None:
    """Devices would be led through a second relay instead."""
    stack = ComposeStack.__new__(ComposeStack)  # no engine is asked
    with pytest.raises(SystemNotThere) as refused:
        stack.spawn("tap", "syncproof.faults.tap.main:run", {"directory": "/"})
    assert str(refused.value) == "STACK is 'compose', and 'tap' has no container there: use STACK:embedded."


def test_a_product_of_somebody_s_own_is_refused(tmp_path: Path) -> None:
    """The images are built from the folders of this project; one of the same name would be built instead of it."""
    own = tmp_path / "bundled"
    shutil.copytree(FOLDER / "bundled", own)
    with pytest.raises(SystemNotThere) as refused:
        ComposeStack(tmp_path, find(str(own)))
    assert str(refused.value) == (
        f"STACK is 'compose', and bundled stands in {own}, where images are made of the products in {FOLDER} "
        "alone: it runs on STACK embedded."
    )
