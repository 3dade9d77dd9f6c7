"""URLs that a run names: what is none is told in words, and an IPv6 address stays one."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from syncproof.systems import named_agent, urls
from syncproof.systems.errors import SystemNotThere
from syncproof_products.matrix.driver.named import NamedHomeserver
from syncproof_products.matrix.driver.postgresql import PostgresDatabase

NO_URLS = [
    "http://127.0.0.1:port",
    "http://127.0.0.1:0",
    "http://127.0.0.1:99999",
    "http://[::1",
    "127.0.0.1:80",
]


@pytest.mark.parametrize("url", NO_URLS)
def test_what_is_no_url_is_told(url: str) -> None:
    with pytest.raises(
        SystemNotThere, match=r"^HOMESERVER_URL is '.*': it must be like http://127.0.0.1:8008"
    ):
        NamedHomeserver(url, "secret")
    with pytest.raises(SystemNotThere, match=r"^AGENT_URL is '.*': it must be a URL like"):
        named_agent.check("AGENT_URL", url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://[::1]:1", "http://nobody there:1"])
def test_where_nobody_answers_is_told(url: str) -> None:
    with pytest.raises(SystemNotThere, match=r"^HOMESERVER_URL is '.*'. "):
        NamedHomeserver(url, "secret")


@pytest.mark.parametrize("rest", ["@127.0.0.1:port", "@[::1", "/with:and@[::1"])
def test_the_password_of_a_database_is_not_told(rest: str) -> None:
    with pytest.raises(SystemNotThere, match="must be like postgresql://role:password@") as told:
        PostgresDatabase(f"postgresql://role:hidden{rest}")
    assert "hidden" not in str(told.value)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://127.0.0.1:8008", "127.0.0.1:8008"),
        ("http://localhost", "localhost:80"),
        ("http://[::1]:8008/", "[::1]:8008"),
        ("http://[::1]", "[::1]:80"),
    ],
)
def test_where_it_listens(url: str, address: str) -> None:
    assert urls.address(urlsplit(url), 80) == address
