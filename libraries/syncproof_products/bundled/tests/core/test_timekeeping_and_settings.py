from __future__ import annotations

import pytest

from syncproof_products.bundled.core.settings import Settings
from syncproof_products.bundled.core.timekeeping import Timekeeping


def test_a_long_jump_ahead_is_standby_and_a_jump_back_is_no_time() -> None:
    time = Timekeeping(standby_threshold_s=30.0)
    shown = [1000.0, 1005.0, 1034.9, 1064.9, 500.0, 504.0, 504.0]
    gaps = [time.look(at) for at in shown]
    assert gaps == [None, None, None, pytest.approx(30.0), None, None, None]
    assert time.now == pytest.approx(1064.9 + 4.0)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"retry_base_s": 0.0}, "retry_base_s: expected more than 0, seen 0.0"),
        ({"page_events": 0}, "page_events: expected more than 0, seen 0"),
        ({"retry_jitter": 1.0}, "retry_jitter: expected 0 or more and less than 1"),
        ({"retry_max_s": 0.1}, "retry_max_s: expected at least retry_base_s"),
        ({"heartbeat_s": 30.0}, "standby_threshold_s: expected more than heartbeat_s"),
    ],
)
def test_a_setting_that_cannot_work_is_refused(wrong: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Settings(**wrong)  # type: ignore[arg-type]
