from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncproof_agentkit.config import ConfigError, read_config, read_config_file
from syncproof_products.bundled.core.relay.rate import Buckets
from syncproof_products.bundled.relay.blobs_app import range_of
from syncproof_products.bundled.relay.replies import retry_after
from syncproof_products.bundled.relay.request_log import RequestLog
from syncproof_products.bundled.relay.settings import Config, Settings
from syncproof_products.bundled.relay.tokens import Tokens
from syncproof_products.bundled.relay.writer import StoreToken

GIVEN = {"directory": "d", "secret": "s"}


def test_settings_are_the_standard_ones_but_for_what_is_given() -> None:
    assert read_config(GIVEN, Config).settings == Settings()
    given = {**GIVEN, "settings": {"heartbeat_s": 1, "page_events": 7.0}}
    assert read_config(given, Config).settings == Settings(heartbeat_s=1.0, page_events=7)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"hartbeat_s": 1}, "unknown field `hartbeat_s`"),
        ({"page_events": 1.5}, "Expected `int`, got `float` - at `.*page_events`"),
        ({"page_events": True}, "Expected `int`, got `bool` - at `.*page_events`"),
        ({"heartbeat_s": "soon"}, "Expected `float`, got `str` - at `.*heartbeat_s`"),
        ({"heartbeat_s": 0}, "heartbeat_s: expected more than 0"),
        ({"heartbeat_s": float("nan")}, "heartbeat_s: expected more than 0"),
        ({"push_rate": float("inf")}, "push_rate: expected more than 0"),
    ],
)
def test_a_setting_that_cannot_be_is_named(setting: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read_config({**GIVEN, "settings": setting}, Config)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"directory": None}, "missing required field `directory`"),
        ({"secret": None}, "missing required field `secret`"),
        ({"secret": ""}, "Expected `str` of length >= 1 - at `.*secret`"),
        ({"port": "http"}, "Expected `int`, got `str` - at `.*port`"),
        ({"port": 65536}, "Expected `int` <= 65535 - at `.*port`"),
        ({"prot": 1}, "unknown field `prot`"),
        ({"settings": []}, "Expected `object`, got `array` - at `.*settings`"),
    ],
)
def test_a_configuration_that_cannot_be_is_explained(change: dict[str, object], message: str) -> None:
    given = {**GIVEN, **change}
    with pytest.raises(ConfigError, match=message):
        read_config({key: value for key, value in given.items() if value is not None}, Config)


def test_a_wrong_secret_is_not_repeated() -> None:
    with pytest.raises(ConfigError) as seen:
        read_config({"directory": "d", "secret": 12345}, Config)
    assert "12345" not in str(seen.value)


@pytest.mark.parametrize("text", ["{", "[]"])
def test_a_file_that_is_no_configuration(tmp_path: Path, text: str) -> None:
    path = tmp_path / "relay.json"
    path.write_text(text)
    with pytest.raises(ConfigError, match="is not a JSON object"):
        read_config_file(path)
    with pytest.raises(ConfigError, match="Cannot read"):
        read_config_file(tmp_path / "none.json")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("bytes=0-", (0, 10)),
        ("bytes=4-", (4, 10)),
        ("bytes=4-4", (4, 5)),
        ("bytes=4-99", (4, 10)),
        ("bytes=-3", (7, 10)),
        ("bytes=-30", (0, 10)),
        ("bytes=-0", (10, 10)),
        ("bytes=10-", (10, 10)),
        ("bytes=99-100", (10, 10)),
        ("bytes=5-4", None),
        ("bytes=-", None),
        ("bytes=1-2,4-5", None),
        ("items=1-2", None),
    ],
)
def test_ranges_of_a_blob_of_ten_bytes(header: str | None, expected: tuple[int, int] | None) -> None:
    assert range_of(header, 10) == expected


def test_the_request_log_forgets_the_oldest() -> None:
    log = RequestLog(3, lambda: 7)
    for number in range(5):
        log.add("GET", f"/{number}", None, 200)
    assert [entry.path for entry in log.after(0, 10)] == ["/2", "/3", "/4"]
    assert [entry.n for entry in log.after(3, 1)] == [4]
    assert log.after(5, 10) == []
    assert log.after(50, 10) == []
    assert log.total == 5


@pytest.mark.parametrize(("seconds", "header"), [(0.001, "1"), (1.0, "1"), (1.1, "2")])
def test_retry_after_is_whole_seconds(seconds: float, header: str) -> None:
    assert retry_after(seconds) == header


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(1, 30)), min_size=1, max_size=50))
def test_a_bucket_never_lets_more_pass_than_its_rate_and_one_batch(steps: list[tuple[float, int]]) -> None:
    buckets = Buckets(rate=10, burst=20)
    now, passed, largest = 0.0, 0, 0
    for wait, count in steps:
        now += wait
        if buckets.delay(now, "a") == 0:
            buckets.take(now, "a", count)
            passed += count
            largest = max(largest, count)
        assert passed <= 20 + 10 * now + largest


def test_a_bucket_says_exactly_how_long() -> None:
    buckets = Buckets(rate=10, burst=5)
    buckets.take(0.0, "a", 25)
    delay = buckets.delay(0.0, "a")
    assert buckets.delay(delay * 0.9, "a") > 0
    assert buckets.delay(delay, "a") == 0
    assert buckets.delay(0.0, "b") == 0


def test_tokens_are_kept_as_hashes_and_the_oldest_goes() -> None:
    stored: list[StoreToken] = []

    async def store(job: StoreToken) -> str | None:
        stored.append(job)
        return "disk full" if job.device == "unlucky" else None

    async def issue() -> None:
        tokens = Tokens("secret", [], 2, store)
        issued = [(await tokens.issue("alice"))[0] for _ in range(3)]
        devices = [tokens.device(f"Bearer {token}".encode()) for token in issued]
        assert devices == [None, "alice", "alice"]
        assert not any(token.encode() in job.hash for token, job in zip(issued, stored, strict=True))
        again = Tokens("secret", [(job.hash, job.device) for job in stored], 2, store)
        assert again.device(f"bearer {issued[2]}".encode()) == "alice"
        assert again.device(f"Basic {issued[2]}".encode()) is None
        assert again.device(None) is None
        lost, error = await tokens.issue("unlucky")
        assert error == "disk full"
        assert tokens.device(f"Bearer {lost}".encode()) is None
        assert tokens.is_operator(b"Bearer secret")
        assert not tokens.is_operator(b"Bearer secre")
        assert not tokens.is_secret("Secret")

    asyncio.run(issue())
