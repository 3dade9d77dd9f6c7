"""The compose stack on the real engine; skipped with the reason where it cannot work."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from syncproof.faults.containers.engine import Engine
from syncproof.faults.containers.errors import ContainerError
from syncproof.systems.compose import ComposeStack
from syncproof.systems.products import find


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    try:
        engine = Engine.connect()
    except ContainerError as reason:
        pytest.skip(str(reason))
    with engine:
        yield engine


@pytest.fixture(scope="session")
def stack(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ComposeStack]:  # noqa: ARG001
    """A stack of this session's own."""
    try:
        stack = ComposeStack(tmp_path_factory.mktemp("logs"), find("bundled"))
    except ContainerError as reason:
        pytest.skip(str(reason))
    yield stack
    stack.close()
