"""How often chance alone makes a storm of devices that do it right look crowded."""

from __future__ import annotations

from math import comb

import pytest

from syncproof.workloads.recovery.checks.storm import LEAST, crowded

_SLOTS = 50


@pytest.mark.parametrize("attempts", [LEAST, 150, 220, 400, 650, 1000])
def test_it_is_less_than_once_in_a_million_storms(attempts: int) -> None:
    inside = sum(comb(attempts, k) * (_SLOTS - 1) ** (attempts - k) for k in range(crowded(attempts) + 1))
    # In one slot; in any of them it is as many times as likely at most.
    assert 1_000_000 * _SLOTS * (_SLOTS**attempts - inside) < _SLOTS**attempts


def test_three_times_its_share_is_the_limit_where_chance_keeps_below_it() -> None:
    assert [crowded(attempts) for attempts in (700, 1000, 5000)] == [42, 60, 300]
