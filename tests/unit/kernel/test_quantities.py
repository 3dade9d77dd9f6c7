"""Quantities say what they mean, print what they parse, and name the right units."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncproof.kernel.quantities import Duration, Percent, Rate, Size


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("10 seconds", 10.0),
        ("1 second", 1.0),
        ("200 ms", 0.2),
        ("5000ms", 5.0),
        ("2 minutes", 120.0),
        ("0 s", 0.0),
        ("1.5 s", 1.5),
        ("3 days", 259_200.0),
        ("1 Day", 86_400.0),
    ],
)
def test_durations(text: str, seconds: float) -> None:
    assert Duration.parse(text).seconds == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("text", "count"),
    [("64 KiB", 65_536), ("64 KB", 64_000), ("1.5 MiB", 1_572_864), ("2 GiB", 2_147_483_648)],
)
def test_sizes(text: str, count: int) -> None:
    assert Size.parse(text) == Size(count)


@pytest.mark.parametrize(
    ("text", "bytes_per_s"),
    [
        ("8 Mbit/s", 1e6),
        ("8 MB/s", 8e6),
        ("512 kbit/s", 64_000),
        ("1 Gbit/s", 125e6),
        ("2 KiB/s", 2048),
        ("1 MiB/s", 1_048_576),
    ],
)
def test_rates(text: str, bytes_per_s: float) -> None:
    assert Rate.parse(text).bytes_per_s == bytes_per_s


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        (Duration, "10 KB/s", "'KB/s' is not one of its units"),
        (Duration, "10", "the unit is missing"),
        (Duration, "ten seconds", "write a number and a unit"),
        (Duration, "-1 s", "must not be negative"),
        (Rate, "10 seconds", "KB/s, MB/s"),
        (Percent, "150%", "from 0% to 100%"),
        (Percent, "5", "the unit is missing"),
        (Size, "1.5 B", "no whole number of bytes"),
        (Size, "10 KB/s", "units: B, bytes, KB"),
    ],
)
def test_wrong_units_are_named(
    kind: type[Duration] | type[Rate] | type[Percent] | type[Size], text: str, said: str
) -> None:
    with pytest.raises(ValueError, match="is not a") as wrong:
        kind.parse(text)
    assert said in str(wrong.value)
    assert text in str(wrong.value)


@given(st.integers(0, 10**7))
def test_duration_prints_what_it_parses(milliseconds: int) -> None:
    duration = Duration(milliseconds / 1000)
    assert Duration.parse(str(duration)).seconds == pytest.approx(duration.seconds)


@given(st.integers(0, 10**13))
def test_size_prints_what_it_parses(count: int) -> None:
    assert Size.parse(str(Size(count))) == Size(count)


@given(st.integers(0, 10**10))
def test_rate_prints_what_it_parses(rate: int) -> None:
    assert Rate.parse(str(Rate(rate))).bytes_per_s == pytest.approx(rate)


@given(st.integers(0, 1000))
def test_percent_prints_what_it_parses(per_mille: int) -> None:
    assert Percent.parse(str(Percent(per_mille / 1000))).fraction == pytest.approx(per_mille / 1000)
