"""Uploads in parts over HTTP.

HEAD asks how much is here, PATCH appends: Upload-Offset, Upload-Length and Upload-Complete as in
draft-ietf-httpbis-resumable-upload, with the digest in place of a resource of one upload's own.
"""

from __future__ import annotations

import logging

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from syncproof_agentkit.blob_files import DigestMismatchError, NotStoredError
from syncproof_products.bundled.core.wire import Refused
from syncproof_products.bundled.relay.blobs_app import admitted
from syncproof_products.bundled.relay.quota import QuotaExceededError
from syncproof_products.bundled.relay.replies import error_reply, json_reply, number, refusal
from syncproof_products.bundled.relay.tokens import Tokens
from syncproof_products.bundled.relay.uploads import SupersededError, UploadStore

_log = logging.getLogger(__name__)
OFFSET, LENGTH, COMPLETE = "upload-offset", "upload-length", "upload-complete"


class UploadsApp:
    """Serves /uploads/{digest} to registered devices, to each its own."""

    def __init__(self, store: UploadStore, tokens: Tokens) -> None:
        self._store = store
        self._tokens = tokens

    async def ask(self, request: Request) -> Response:
        """HEAD /uploads/{digest}."""
        digest, refused = admitted(request, self._tokens)
        if refused is not None:
            return refused
        return Response(None, 200, _headers(*self._store.ask(request.state.device, digest)))

    async def append(self, request: Request) -> Response:
        """PATCH /uploads/{digest}."""
        digest, refused = admitted(request, self._tokens)
        if refused is not None:
            return refused
        try:
            offset, size = number(request.headers, OFFSET, 0), number(request.headers, LENGTH, -1)
        except ValueError as wrong:
            return error_reply(400, "invalid", str(wrong))
        if size < 0:
            return error_reply(400, "invalid", "expected Upload-Length, the bytes of the whole")
        device = request.state.device
        try:
            held = await self._store.append(device, digest, offset, size, request.stream())
        except DigestMismatchError as wrong:
            message = f"expected bytes with the sha256 {digest}, seen {wrong.seen}; nothing is stored"
            return error_reply(400, "digest_mismatch", message)
        except QuotaExceededError as error:
            return error_reply(507, "quota_exceeded", str(error))
        except ClientDisconnect:
            return error_reply(400, "incomplete", "the body ended early; what came is kept")
        except SupersededError:
            return error_reply(409, "superseded", "the device goes on with this upload by another request")
        except NotStoredError as error:
            _log.error("cannot store a part of %s: %s", digest, error)
            message = f"the relay could not store this: {error}"
            return error_reply(503, "storage_failed", message, {"Retry-After": "1"})
        if isinstance(held, Refused):
            answer = refusal(held)
            if held.status == 409:
                answer.headers.update(_headers(*self._store.held(device, digest)))
            return answer
        return json_reply({"digest": digest}, 200, _headers(*held))


def _headers(held: int, whole: bool) -> dict[str, str]:
    return {OFFSET: str(held), COMPLETE: "?1" if whole else "?0"}
