"""What the HTTP API answers when it cannot do what it was asked."""

from __future__ import annotations


class ApiError(Exception):
    """An answer of the API with its status; the message is what stands in the body."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


def bad_body(reason: str) -> ApiError:
    """400: the body is no JSON, or not of the right shape."""
    return ApiError(f"bad request body: {reason}", 400)


def missing_field(what: str) -> ApiError:
    """400: a required field is absent or empty."""
    return ApiError(f"missing required field: {what}", 400)


def proxy_not_found() -> ApiError:
    """404."""
    return ApiError("proxy not found", 404)


def proxy_exists() -> ApiError:
    """409."""
    return ApiError("proxy already exists", 409)


def toxic_not_found() -> ApiError:
    """404."""
    return ApiError("toxic not found", 404)


def toxic_exists() -> ApiError:
    """409."""
    return ApiError("toxic already exists", 409)


def invalid_stream() -> ApiError:
    """400."""
    return ApiError("stream was invalid, can be either upstream or downstream", 400)


def invalid_toxic_type() -> ApiError:
    """400."""
    return ApiError("invalid toxic type", 400)


def cannot_listen(reason: str) -> ApiError:
    """500, as Go words it (`listen tcp ...`)."""
    return ApiError(reason, 500)
