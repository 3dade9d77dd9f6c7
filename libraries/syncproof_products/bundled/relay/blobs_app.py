"""Blobs over HTTP: PUT, GET and HEAD with Range (RFC 9110, 14)."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse

from syncproof_agentkit.blob_files import DigestMismatchError, NotStoredError
from syncproof_products.bundled.core.relay.admission import is_digest
from syncproof_products.bundled.relay.blobs import BlobStore, BlobTooLargeError
from syncproof_products.bundled.relay.quota import QuotaExceededError
from syncproof_products.bundled.relay.replies import (
    NOT_OPERATOR,
    UNAUTHORIZED,
    error_reply,
    json_reply,
    refusal,
)
from syncproof_products.bundled.relay.tokens import Tokens

_log = logging.getLogger(__name__)
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})\Z")


class BlobsApp:
    """Serves /blobs/{digest} to registered devices."""

    def __init__(self, store: BlobStore, tokens: Tokens) -> None:
        self._store = store
        self._tokens = tokens

    async def put(self, request: Request) -> Response:
        """PUT /blobs/{digest}."""
        digest, refused = admitted(request, self._tokens)
        if refused is not None:
            return refused
        length = request.headers.get("content-length", "")
        if length.isdigit() and int(length) > self._store.max_bytes:
            return self._too_large()
        try:
            announced = int(length) if length.isdigit() else 0
            is_new = await self._store.put(digest, announced, request.stream())
        except DigestMismatchError as wrong:
            message = f"expected bytes with the sha256 {digest}, seen {wrong.seen}; nothing is stored"
            return error_reply(400, "digest_mismatch", message)
        except BlobTooLargeError:
            return self._too_large()
        except QuotaExceededError as error:
            return error_reply(507, "quota_exceeded", str(error))
        except ClientDisconnect:
            return error_reply(400, "incomplete", "the body ended early; nothing is stored")
        except NotStoredError as error:
            _log.error("cannot store blob %s: %s", digest, error)
            message = f"the relay could not store this: {error}"
            return error_reply(503, "storage_failed", message, {"Retry-After": "1"})
        return json_reply({"digest": digest}, 201 if is_new else 200)

    async def get(self, request: Request) -> Response:
        """GET or HEAD /blobs/{digest}."""
        digest, refused = admitted(request, self._tokens)
        if refused is not None:
            return refused
        size = self._store.size(digest)
        if size is None:
            return self._absent(digest)
        headers = {"Accept-Ranges": "bytes", "ETag": f'"{digest}"'}
        wanted = range_of(request.headers.get("range"), size)
        if wanted is None:
            status, start, end = 200, 0, size
        else:
            status, (start, end) = 206, wanted
            if start >= end:
                headers["Content-Range"] = f"bytes */{size}"
                message = f"expected a range within the blob's {size} bytes"
                return error_reply(416, "range_not_satisfiable", message, headers)
            headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
        headers["Content-Length"] = str(end - start)
        content_type = "application/octet-stream"
        if request.method == "HEAD":
            return Response(None, status, headers, content_type)
        pieces = self._store.read(digest, start, end)
        try:  # from then on the file is open, and can be read to its end whatever becomes of its name
            first = await anext(pieces, b"")
        except FileNotFoundError:
            return self._absent(digest)
        return StreamingResponse(_behind(first, pieces), status, headers, content_type)

    async def delete(self, request: Request) -> Response:
        """DELETE /blobs/{digest}, for the operator."""
        digest = request.path_params["digest"]
        if not self._tokens.is_operator(authorization(request)):
            return refusal(NOT_OPERATOR)
        if not is_digest(digest) or not self._store.discard(digest):
            return _unknown(digest)
        return Response(None, 204)

    def _absent(self, digest: str) -> Response:
        if not self._store.has_expired(digest):
            return _unknown(digest)
        message = (
            f"the relay has kept blob {digest} for its time, and keeps it no longer; ask whoever sent it"
        )
        return error_reply(410, "expired", message)

    def _too_large(self) -> Response:
        message = f"the relay takes blobs of at most {self._store.max_bytes} bytes"
        # What is still to come of the body is read and dropped: closing now would reset the connection, and
        # the device would see that and not the answer.
        return error_reply(413, "too_large", message)


def admitted(request: Request, tokens: Tokens) -> tuple[str, Response | None]:
    """The digest that a request of a registered device is about; with the refusal of one that may not be served."""
    digest = request.path_params["digest"]
    device = tokens.device(authorization(request))
    if device is None:
        return digest, refusal(UNAUTHORIZED)
    request.state.device = device
    if not is_digest(digest):
        message = f"expected a sha256 as 64 lower-case hex digits, seen {digest[:80]!r}"
        return digest, error_reply(400, "invalid", message)
    return digest, None


def authorization(request: Request) -> bytes:
    """What the request says of who asks."""
    return request.headers.get("authorization", "").encode("latin-1")


def _unknown(digest: str) -> Response:
    return error_reply(404, "unknown_blob", f"there is no blob {digest[:80]}")


async def _behind(first: bytes, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in pieces:
        yield piece


def range_of(header: str | None, size: int) -> tuple[int, int] | None:
    """The bytes (start, end without it) that a Range header wants of `size`; None: all of them.

    A header that is no single range of bytes is ignored, as RFC 9110 14.2 permits. A range that lies behind
    the end comes as (size, size).
    """
    match = _RANGE.match(header) if header is not None else None
    if match is None or not (match[1] or match[2]):
        return None
    if not match[1]:
        suffix = min(int(match[2]), size)
        return size - suffix, size
    start = int(match[1])
    if match[2] and int(match[2]) < start:
        return None
    if start >= size:
        return size, size
    return start, min(int(match[2]) + 1, size) if match[2] else size
