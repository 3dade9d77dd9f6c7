"""The harness's own patience: a machine does not become faster where TIME_SCALE is small."""

from __future__ import annotations

from tests.contract.kernel.conftest import Scenario


def test_below_scale_one_it_is_what_it_says(scenario: Scenario) -> None:
    world = scenario.world
    assert (world.scale, world.patience_s(60)) == (0.1, 60)
    world.slack_ns, began = 0, world.scheduler.now()
    assert not world.wait_patiently(lambda: False, 0.4)
    assert world.scheduler.now() - began >= 400_000_000


def test_above_scale_one_it_grows(scenario: Scenario) -> None:
    scenario.world.scale = 2.0
    assert scenario.world.patience_s(60) == 120
