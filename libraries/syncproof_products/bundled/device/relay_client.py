"""The relay as a device sees it: calls, blobs, the live stream; with a token got on first contact."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from types import MappingProxyType

import msgspec

from syncproof_agentkit.blob_files import BlobWriter, FileBody
from syncproof_agentkit.pause import Pause
from syncproof_products.bundled.core.wire import Answer, Call, Frame, Refused
from syncproof_products.bundled.device.connection import LinkError
from syncproof_products.bundled.device.http_client import (
    Body,
    BytesBody,
    HttpClient,
    OnHead,
    OnSent,
    Patience,
    Reply,
    Secured,
    Sink,
)
from syncproof_products.bundled.device.live_stream import LiveStream, StreamRefusedError, open_stream
from syncproof_products.bundled.wire_json import WireError, decode_answer, decode_frame, request_of

#: Code of a refusal whose body is not the relay's: somebody before it answered in its place.
FOREIGN = "refused"
#: Code of a refusal that has no body, since it answers HEAD: the relay's or somebody else's, nobody knows.
UNSAID = "unsaid"
_UNAUTHORIZED = 401
_CONFLICT = 409


class _Registered(msgspec.Struct, frozen=True):
    token: str


class Held(msgspec.Struct, frozen=True):
    """How many bytes of an attachment the relay holds; whole: it has it under its digest, and durable."""

    bytes: int
    whole: bool


class _Sealed(msgspec.Struct, frozen=True):
    sealed: str


class _No(msgspec.Struct, frozen=True):
    code: str = FOREIGN
    message: str = ""


class RegistrationError(LinkError):
    """The relay does not want this device (wrong secret)."""


class RelayClient:
    """Speaks to the relay at one address. `keep_token` is called with every token the relay gives.

    Every method raises LinkError where the relay could not be asked or did not answer sensibly.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        device: str,
        secret: str,
        token: str | None,
        keep_token: Callable[[str], None],
        pause: Pause,
        patience: Patience,
        secured: Secured | None = None,
    ) -> None:
        self._http = HttpClient(host, port, pause, patience, secured)
        self._device = device
        self._secret = secret
        self._token = token
        self._keep_token = keep_token
        self._registering = asyncio.Lock()

    @property
    def address(self) -> str:
        """host:port."""
        return f"{self._http.host}:{self._http.port}"

    @property
    def token(self) -> str | None:
        """The token in use."""
        return self._token

    async def call(self, call: Call) -> Answer:
        """Ask the relay something."""
        request = request_of(call)
        body = BytesBody(request.body) if request.body is not None else None
        reply = await self._request(request.method, request.path, _JSON, body=body)
        try:
            return decode_answer(call, reply.status, reply.content, _retry_after(reply))
        except WireError as error:
            raise LinkError("malformed", str(error)) from error

    async def upload(self, digest: str, body: FileBody, on_sent: Callable[[int], None]) -> Refused | None:
        """Bring an attachment to the relay; None when it is there."""
        reply = await self._request("PUT", f"/blobs/{digest}", _BYTES, body=body, on_sent=on_sent)
        return None if reply.status in (200, 201) else _refused(reply)

    async def held(self, digest: str) -> Held | Refused:
        """How much of an attachment the relay holds."""
        reply = await self._request("HEAD", f"/uploads/{digest}")
        return (
            _held(reply)
            if reply.status == 200
            else Refused(reply.status, UNSAID, "to HEAD", _retry_after(reply))
        )

    async def upload_part(self, digest: str, body: FileBody, size: int) -> Held | Refused:
        """Bring a part of an attachment of `size` bytes; how much the relay holds then, also where it did not fit."""
        headers = {**_BYTES, "upload-offset": str(body.start), "upload-length": str(size)}
        reply = await self._request("PATCH", f"/uploads/{digest}", headers, body=body)
        fits_elsewhere = reply.status == _CONFLICT and "upload-offset" in reply.headers
        return _held(reply) if reply.status == 200 or fits_elsewhere else _refused(reply)

    async def offer(
        self, lookup: str, room: str, sealed: str, token_hash: str, ticket_hash: str, valid_s: float
    ) -> Refused | None:
        """Leave an invite at the relay; None when it is there."""
        wanted = {
            "room": room,
            "sealed": sealed,
            "token_hash": token_hash,
            "ticket_hash": ticket_hash,
            "valid_s": valid_s,
        }
        content = msgspec.json.encode(wanted)
        reply = await self._request("PUT", f"/invites/{lookup}", _JSON, body=BytesBody(content))
        return None if reply.status == 201 else _refused(reply)

    async def open_invite(self, lookup: str, token: str) -> str | Refused:
        """What was sealed of an invite; it is not used by that."""
        content = msgspec.json.encode({"token": token})
        reply = await self._request("POST", f"/invites/{lookup}/open", _JSON, body=BytesBody(content))
        if reply.status != 200:
            return _refused(reply)
        try:
            return msgspec.json.decode(reply.content, type=_Sealed).sealed
        except msgspec.DecodeError as error:
            raise LinkError("malformed", f"no invite in the relay's answer: {error}") from None

    async def use_invite(self, lookup: str, ticket: str, proof: str, on_sent: OnSent) -> Refused | None:
        """Be a member of the group of an invite from now on; None when this device is.

        on_sent: called when the relay may have heard it, whatever is raised then.
        """
        content = msgspec.json.encode({"ticket": ticket, "proof": proof})
        reply = await self._request(
            "POST", f"/invites/{lookup}", _JSON, body=BytesBody(content), on_sent=on_sent
        )
        return None if reply.status == 200 else _refused(reply)

    async def download(
        self, digest: str, writer: BlobWriter, on_got: Callable[[int], None]
    ) -> Refused | None:
        """Fetch what `writer` lacks of an attachment; None when all of it was written.

        on_got(offset) hears of every piece. A relay that ignores Range makes it an error (`malformed`).
        """
        start = writer.offset

        def head(reply: Reply) -> Sink | None:
            if reply.status not in (200, 206):
                return None
            if reply.status == 200 and start:
                raise LinkError("malformed", f"asked for bytes from {start} on, got the whole")

            def sink(chunk: bytes) -> None:
                writer.write(chunk)
                on_got(writer.offset)

            return sink

        headers = {"range": f"bytes={start}-"} if start else {}
        reply = await self._request("GET", f"/blobs/{digest}", headers, on_head=head)
        return None if reply.status in (200, 206) else _refused(reply)

    async def live(
        self,
        on_frame: Callable[[Frame], None],
        on_bytes: Callable[[], None],
        on_pong: Callable[[int], None],
        on_down: Callable[[LinkError], None],
    ) -> LiveStream:
        """Open the live stream."""

        def message(data: bytes) -> None:
            try:
                frame = decode_frame(data)
            except WireError as error:
                raise LinkError("malformed", str(error)) from error
            on_frame(frame)

        for attempt in range(2):
            token = await self._authorized()
            on_bytes()
            try:
                return await open_stream(
                    self._http.network,
                    self._http.host,
                    self._http.port,
                    "/live",
                    {"Authorization": f"Bearer {token}"},
                    patience_s=self._http.patience.idle_s,
                    on_message=message,
                    on_bytes=on_bytes,
                    on_pong=on_pong,
                    on_down=on_down,
                )
            except StreamRefusedError as error:
                if error.status != _UNAUTHORIZED or attempt:
                    raise
                self._forget(token)
        raise AssertionError("unreachable")

    async def close(self) -> None:
        """Drop every connection of calls and blobs at once (the live stream has an owner of its own)."""
        await self._http.close()

    async def _request(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] = MappingProxyType({}),
        *,
        body: Body | None = None,
        on_head: OnHead | None = None,
        on_sent: OnSent | None = None,
    ) -> Reply:
        """Ask with the token, and once more with a new one where the relay does not know it any more."""
        for _ in range(2):
            token = await self._authorized()
            named = {**headers, "authorization": f"Bearer {token}"}
            reply = await self._http.request(
                method, path, headers=named, body=body, on_head=on_head, on_sent=on_sent
            )
            if reply.status != _UNAUTHORIZED:
                break
            self._forget(token)
        return reply

    async def _authorized(self) -> str:
        async with self._registering:
            if self._token is None:
                content = msgspec.json.encode({"device": self._device, "secret": self._secret})
                reply = await self._http.request("POST", "/devices", headers=_JSON, body=BytesBody(content))
                if reply.status not in (200, 201):
                    refused = _refused(reply)
                    raise RegistrationError("register", f"{refused.status} {refused.code}: {refused.message}")
                try:
                    self._token = msgspec.json.decode(reply.content, type=_Registered).token
                except msgspec.DecodeError as error:
                    raise RegistrationError("register", f"no token in the relay's answer: {error}") from None
                self._keep_token(self._token)
            return self._token

    def _forget(self, token: str) -> None:
        if self._token == token:
            self._token = None


_JSON = {"content-type": "application/json"}
_BYTES = {"content-type": "application/octet-stream"}


def _held(reply: Reply) -> Held:
    try:
        return Held(int(reply.headers["upload-offset"]), reply.headers.get("upload-complete") == "?1")
    except (KeyError, ValueError):
        raise LinkError("malformed", "the relay did not say how much it holds of an upload") from None


def _refused(reply: Reply) -> Refused:
    try:
        no = msgspec.json.decode(reply.content, type=_No)
    except msgspec.DecodeError:
        no = _No(message=reply.content[:200].decode("utf-8", "replace"))
    return Refused(reply.status, no.code, no.message, _retry_after(reply))


def _retry_after(reply: Reply) -> float | None:
    try:
        return float(reply.headers["retry-after"])
    except (KeyError, ValueError):
        return None
