"""Blobs over HTTP: PUT, GET and HEAD with Range (RFC 9110, 14)."""

from __future__ import annotations

import logging
import re

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse

from syncproof_agentkit.blob_files import DigestMismatchError, NotStoredError
from syncproof_products.bundled.core.relay.admission import is_digest
from syncproof_products.bundled.relay.blobs import BlobStore, BlobTooLargeError
from syncproof_products.bundled.relay.replies import UNAUTHORIZED, error_reply, json_reply, refusal
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
            is_new = await self._store.put(digest, request.stream())
        except DigestMismatchError as wrong:
            message = f"expected bytes with the sha256 {digest}, seen {wrong.seen}; nothing is stored"
            return error_reply(400, "digest_mismatch", message)
        except BlobTooLargeError:
            return self._too_large()
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
            return error_reply(404, "unknown_blob", f"there is no blob {digest}")
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
        return StreamingResponse(self._store.read(digest, start, end), status, headers, content_type)

    def _too_large(self) -> Response:
        message = f"the relay takes blobs of at most {self._store.max_bytes} bytes"
        # What is still to come of the body is read and dropped: closing now would reset the connection, and
        # the device would see that and not the answer.
        return error_reply(413, "too_large", message)


def admitted(request: Request, tokens: Tokens) -> tuple[str, Response | None]:
    """The digest that a request of a registered device is about; with the refusal of one that may not be served."""
    digest = request.path_params["digest"]
    authorization = request.headers.get("authorization", "").encode("latin-1")
    device = tokens.device(authorization)
    if device is None:
        return digest, refusal(UNAUTHORIZED)
    request.state.device = device
    if not is_digest(digest):
        message = f"expected a sha256 as 64 lower-case hex digits, seen {digest[:80]!r}"
        return digest, error_reply(400, "invalid", message)
    return digest, None


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
