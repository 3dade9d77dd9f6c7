"""Bugs of the command line: a script cannot rely on it where the relay is away."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from syncproof_defects import breaks
from syncproof_products.bundled.cli import commands
from syncproof_products.bundled.cli.commands import Answer
from syncproof_products.bundled.cli.folder import FailedError
from syncproof_products.bundled.cli.session import Session


@breaks(Session, "asked")
async def waits_for_the_relay_for_ever(
    original: Callable[..., Any], self: Session, work: Awaitable[Any], otherwise: str
) -> Any:
    """Nobody looks at the time while a command waits for the relay."""
    del original, self, otherwise
    waits_for_the_relay_for_ever.ran()
    return await work


@breaks(commands, "status")
async def takes_no_connection_for_success(original: Callable[..., Any], session: Session) -> Answer:
    """A status without a connection is a status as well: the command is done."""
    try:
        shown: Answer = await original(session)
    except FailedError as failed:
        takes_no_connection_for_success.ran()
        return dict(failed.answer or {})
    return shown
