"""What the HTTP API answers when it cannot do what it was asked."""

from __future__ import annotations


class ApiError(Exception):
    """An answer of the API with its status; the message is what stands in the body."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


class BadBody(ApiError):
    """400: the body is no JSON, or not of the right shape."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"bad request body: {reason}", 400)
