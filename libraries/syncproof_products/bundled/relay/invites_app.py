"""Invites over HTTP: PUT, GET and POST of /invites/{lookup}, for registered devices."""

from __future__ import annotations

import re
from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from syncproof_products.bundled.core.relay.admission import MAX_NAME, is_name
from syncproof_products.bundled.core.wire import OpenRoom, Refused
from syncproof_products.bundled.relay.blobs_app import authorization
from syncproof_products.bundled.relay.invite import Invite
from syncproof_products.bundled.relay.invites import Invites
from syncproof_products.bundled.relay.node import Node
from syncproof_products.bundled.relay.replies import UNAUTHORIZED, error_reply, json_reply, refusal
from syncproof_products.bundled.relay.tokens import Tokens

_LOOKUP = re.compile(r"[A-Z2-7]{8}\Z")
_MOST_BYTES = 16 * 1024


class _Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    room: str
    sealed: Annotated[str, msgspec.Meta(min_length=1, max_length=_MOST_BYTES)]
    ticket_hash: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    valid_s: Annotated[float, msgspec.Meta(gt=0, le=86_400)]


class _Shown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    ticket: str


class _TooLargeError(Exception):
    """A body is larger than the relay reads here."""


async def _body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > 2 * _MOST_BYTES:
            raise _TooLargeError
    return body


class InvitesApp:
    """Keeps them until they are used; whoever uses one is a member from then on, by the word of who made it."""

    def __init__(self, invites: Invites, node: Node, tokens: Tokens) -> None:
        self._invites, self._node, self._tokens = invites, node, tokens

    async def put(self, request: Request) -> Response:
        """PUT /invites/{lookup} {room, sealed, ticket_hash, valid_s}."""
        device = self._device(request)
        if device is None:
            return refusal(UNAUTHORIZED)
        lookup = request.path_params["lookup"]
        try:
            wanted = msgspec.json.decode(await _body(request), type=_Wanted)
        except _TooLargeError:
            return error_reply(413, "too_large", f"expected at most {2 * _MOST_BYTES} bytes")
        except (msgspec.MsgspecError, UnicodeDecodeError) as wrong:
            return error_reply(400, "invalid", f"expected {{room, sealed, ticket_hash, valid_s}}: {wrong}")
        if not is_name(wanted.room) or not _LOOKUP.match(lookup):
            message = f"expected a lookup of 8 letters, and a room of 1 to {MAX_NAME} printable characters"
            return error_reply(400, "invalid", message)
        until = self._invites.until(wanted.valid_s)
        invite = Invite(lookup, device, wanted.room, wanted.sealed, wanted.ticket_hash, until)
        refused = await self._invites.put(invite)
        if refused is not None:
            return refusal(refused)
        return json_reply({"valid_s": wanted.valid_s}, 201)

    async def get(self, request: Request) -> Response:
        """GET /invites/{lookup}: what was sealed; it can still be used."""
        device = self._device(request)
        if device is None:
            return refusal(UNAUTHORIZED)
        invite = self._invites.look(request.path_params["lookup"], device)
        return refusal(invite) if isinstance(invite, Refused) else json_reply({"sealed": invite.sealed})

    async def use(self, request: Request) -> Response:
        """POST /invites/{lookup} {ticket}: be a member from now on."""
        device = self._device(request)
        if device is None:
            return refusal(UNAUTHORIZED)
        try:
            ticket = msgspec.json.decode(await _body(request), type=_Shown).ticket
        except _TooLargeError:
            return error_reply(413, "too_large", f"expected at most {2 * _MOST_BYTES} bytes")
        except (msgspec.MsgspecError, UnicodeDecodeError) as wrong:
            return error_reply(400, "invalid", f"expected {{ticket}}: {wrong}")
        invite = await self._invites.use(request.path_params["lookup"], ticket, device)
        if isinstance(invite, Refused):
            return refusal(invite)
        # Where this does not come about any more, the device uses it once more.
        answer = await self._node.call(invite.inviter, OpenRoom(invite.room, (device,)))
        if isinstance(answer, Refused):
            return refusal(answer)
        return json_reply({"room": invite.room})

    def _device(self, request: Request) -> str | None:
        device = self._tokens.device(authorization(request))
        if device is not None:
            request.state.device = device
        return device
