"""A PostgreSQL server that a run names: what is said where there is none."""

from __future__ import annotations

import socket

import pytest

from syncproof.kernel.setting import Setting, Settings
from syncproof.kernel.variables import BadSetting
from syncproof.systems.declared import STACK, SYSTEM
from syncproof.systems.errors import SystemNotThere
from syncproof_products.matrix.driver.postgresql import PostgresDatabase
from syncproof_products.matrix.driver.settings import HOMESERVER_DATABASE, HOMESERVER_URL

URL = "postgresql://role:hidden@127.0.0.1:5432"


@pytest.mark.parametrize(
    "url", ["mysql://role:hidden@127.0.0.1", "postgresql:///somewhere", "127.0.0.1:5432"]
)
def test_what_is_no_url_of_a_server_is_told_with_one_that_is(url: str) -> None:
    with pytest.raises(
        SystemNotThere, match=r"must be like postgresql://role:password@127.0.0.1:5432"
    ) as told:
        PostgresDatabase(url)
    assert "hidden" not in str(told.value)


def test_nobody_at_the_address() -> None:
    pytest.importorskip("psycopg2")
    with socket.socket() as nobody:  # bound, and not listening
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        with pytest.raises(SystemNotThere, match=r"(?i)connection refused") as told:
            PostgresDatabase(f"postgresql://role:hidden@127.0.0.1:{port}")
    assert "hidden" not in str(told.value)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({}, "is for SYSTEM matrix, and SYSTEM is 'bundled'"),
        ({SYSTEM: "matrix", STACK: "compose"}, "is for STACK embedded, and STACK is 'compose'"),
        (
            {SYSTEM: "matrix", HOMESERVER_URL: "http://127.0.0.1:8008"},
            "does not go with HOMESERVER_URL: it is for a homeserver of the run's own",
        ),
    ],
    ids=["bundled", "compose", "named"],
)
def test_it_is_for_a_homeserver_of_the_run_s_own_without_containers(
    told: dict[Setting[str], str], said: str
) -> None:
    settings = Settings({**told, HOMESERVER_DATABASE: URL})
    with pytest.raises(BadSetting, match=f"^HOMESERVER_DATABASE {said}"):
        settings.check()
