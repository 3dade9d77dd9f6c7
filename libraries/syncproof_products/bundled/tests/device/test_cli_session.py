"""A command ends in its time, whatever it waits for."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from syncproof_products.bundled.cli import commands, folder
from syncproof_products.bundled.cli.folder import Account, FailedError
from syncproof_products.bundled.cli.session import Session, opened
from syncproof_products.bundled.device.runtime import RunningDevice


async def _for_ever(*_: object) -> None:
    await asyncio.Event().wait()


@pytest.mark.parametrize(
    ("what", "said"),
    [("set_link", "did not take where the relay is within 1 s"), ("submit", "did not take it within 1 s")],
)
def test_a_folder_that_takes_nothing_is_not_waited_for_for_ever(
    what: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = Account("A", "127.0.0.1:1", "secret")
    folder.make(tmp_path / "A", account)
    monkeypatch.setattr(RunningDevice, what, _for_ever)
    monkeypatch.setattr(Session, "group", "g")
    monkeypatch.setattr("syncproof_products.bundled.cli.session.FOLDER_S", 1.0)

    async def pushes() -> None:
        async with asyncio.timeout(30), opened(tmp_path / "A", account, 30.0) as session:
            await commands.push(session, "hello", None)

    with pytest.raises(FailedError, match=said):
        asyncio.run(pushes())
