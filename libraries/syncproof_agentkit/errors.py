"""How the agent says no: {code, message, happened} with an HTTP status."""

from __future__ import annotations

from typing import Literal

Happened = Literal["no", "maybe"]


class AgentError(Exception):
    """A refusal for the one who called. happened: `maybe` where the operation may have taken effect."""

    def __init__(self, status: int, code: str, message: str, happened: Happened = "no") -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.happened = happened


def invalid(message: str) -> AgentError:
    """400: the request itself is wrong."""
    return AgentError(400, "invalid", message)


def unknown(message: str, code: str = "unknown") -> AgentError:
    """404: no such group, entry, operation or attachment here."""
    return AgentError(404, code, message)


def paused() -> AgentError:
    """423: the pipeline is paused and takes no changes."""
    return AgentError(
        423,
        "paused",
        'The pipeline is paused and takes no changes. POST /pipeline {"state": "running"} ends that.',
    )
