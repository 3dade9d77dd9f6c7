"""Invites over HTTP: PUT and POST of /invites/{lookup}, and POST of /invites/{lookup}/open, for registered devices."""

from __future__ import annotations

import re
import time
from typing import Annotated, TypeVar

import msgspec
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from syncproof_products.bundled.core.relay.admission import MAX_NAME, is_name
from syncproof_products.bundled.core.relay.rate import Buckets
from syncproof_products.bundled.core.wire import OpenRoom, Refused
from syncproof_products.bundled.relay.blobs_app import authorization
from syncproof_products.bundled.relay.invite import Invite
from syncproof_products.bundled.relay.invites import MOST_S, TAKEN, TOO_MANY_GUESSES, UNKNOWN, Invites
from syncproof_products.bundled.relay.node import Node
from syncproof_products.bundled.relay.replies import UNAUTHORIZED, error_reply, json_reply, refusal
from syncproof_products.bundled.relay.tokens import Tokens

_LOOKUP = re.compile(r"[A-Z2-7]{8}\Z")
_MOST_BYTES = 16 * 1024
#: What somebody learns who guesses.
_SAID_OF_A_GUESS = frozenset({UNKNOWN.code, TAKEN.code})
_Hash = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
_T = TypeVar("_T", bound=msgspec.Struct)


class _Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    room: str
    sealed: Annotated[str, msgspec.Meta(min_length=1, max_length=_MOST_BYTES)]
    token_hash: _Hash
    ticket_hash: _Hash
    valid_s: Annotated[float, msgspec.Meta(gt=0, le=MOST_S)]


class _Opening(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    token: str


class _Use(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    ticket: str
    proof: Annotated[str, msgspec.Meta(min_length=32, max_length=200)]


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
    """Keeps them until they are used; whoever uses one is a member from then on, by the word of who made it.

    guesses: what a device may ask for in vain. Whoever does so more often is refused, whatever it asks for.
    """

    def __init__(self, invites: Invites, node: Node, tokens: Tokens, guesses: Buckets) -> None:
        self._invites, self._node, self._tokens, self._guesses = invites, node, tokens, guesses

    async def put(self, request: Request) -> Response:
        """PUT /invites/{lookup} {room, sealed, token_hash, ticket_hash, valid_s}."""
        asked = await self._asked(request, _Wanted)
        if isinstance(asked, Response):
            return asked
        device, wanted = asked
        lookup = request.path_params["lookup"]
        if not is_name(wanted.room) or not _LOOKUP.match(lookup):
            message = f"expected a lookup of 8 letters, and a room of 1 to {MAX_NAME} printable characters"
            return error_reply(400, "invalid", message)
        until = self._invites.until(wanted.valid_s)
        invite = Invite(
            lookup, device, wanted.room, wanted.sealed, wanted.token_hash, wanted.ticket_hash, until
        )
        refused = await self._invites.put(invite)
        if refused is not None:
            return self._in_vain(device, refused)
        return json_reply({"valid_s": wanted.valid_s}, 201)

    async def open(self, request: Request) -> Response:
        """POST /invites/{lookup}/open {token}: what was sealed; it can still be used."""
        asked = await self._asked(request, _Opening)
        if isinstance(asked, Response):
            return asked
        device, opening = asked
        invite = self._invites.look(request.path_params["lookup"], opening.token, device)
        if isinstance(invite, Refused):
            return self._in_vain(device, invite)
        return json_reply({"sealed": invite.sealed})

    async def use(self, request: Request) -> Response:
        """POST /invites/{lookup} {ticket, proof}: be a member from now on."""
        asked = await self._asked(request, _Use)
        if isinstance(asked, Response):
            return asked
        device, use = asked
        invite = await self._invites.use(request.path_params["lookup"], use.ticket, device, use.proof)
        if isinstance(invite, Refused):
            return self._in_vain(device, invite)
        # Where this does not come about any more, the device uses it once more.
        answer = await self._node.call(invite.inviter, OpenRoom(invite.room, (device,)))
        if isinstance(answer, Refused):
            return refusal(answer)
        return json_reply({"room": invite.room})

    async def _asked(self, request: Request, kind: type[_T]) -> tuple[str, _T] | Response:
        """Who asks, and what; or why nobody may."""
        device = self._tokens.device(authorization(request))
        if device is None:
            return refusal(UNAUTHORIZED)
        request.state.device = device
        wait_s = self._guesses.delay(time.monotonic(), device)
        if wait_s:
            return refusal(replace(TOO_MANY_GUESSES, retry_after_s=wait_s))
        try:
            return device, msgspec.json.decode(await _body(request), type=kind)
        except _TooLargeError:
            return error_reply(413, "too_large", f"expected at most {2 * _MOST_BYTES} bytes")
        except (msgspec.MsgspecError, UnicodeDecodeError) as wrong:
            fields = ", ".join(kind.__struct_fields__)
            return error_reply(400, "invalid", f"expected {{{fields}}}: {wrong}")

    def _in_vain(self, device: str, refused: Refused) -> Response:
        if refused.code in _SAID_OF_A_GUESS:
            self._guesses.take(time.monotonic(), device, 1)
        return refusal(refused)
