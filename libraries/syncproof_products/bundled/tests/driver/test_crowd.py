"""A device with companions in its process: what becomes of it when one of them dies."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest

from syncproof_agentkit.errors import AgentError
from syncproof_products.bundled.core.events import Submit
from syncproof_products.bundled.driver.crowd import Crowd, CrowdConfig, CrowdSettings

NOWHERE = "127.0.0.1:9"


def test_the_death_of_a_companion_is_logged_and_is_the_answer_to_the_next_request(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def story() -> None:
        config = CrowdConfig(
            device="Bob", directory=str(tmp_path), secret="s", settings=CrowdSettings(companions=2)
        )
        crowd = Crowd(config)
        device = asyncio.create_task(crowd.device.run())
        await crowd.set_link("relay", NOWHERE)
        crowd.connect(True)
        # What nobody submits: it dies of that as it would of a defect.
        crowd._companions[1]._inbox.put_nowait(Submit(1, None))  # type: ignore[arg-type]
        await asyncio.wait([crowd._living[1]], timeout=5)
        with pytest.raises(AgentError, match=r"Bob/2 died of ") as refused:
            crowd.connect(False)
        assert refused.value.code == "companion_died"
        with pytest.raises(AgentError, match=r"Bob/2 died of "):
            await crowd.set_link("relay", None)
        for task in (device, crowd._living[0]):
            task.cancel()
        await asyncio.wait([device, crowd._living[0]])

    with caplog.at_level(logging.ERROR):
        asyncio.run(story())
    [told] = [each for each in caplog.records if "companion" in each.getMessage()]
    assert told.getMessage() == "the companion Bob/2 died"
    assert told.exc_info
