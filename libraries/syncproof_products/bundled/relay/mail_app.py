"""Messages from device to device over HTTP."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from syncproof_products.bundled.core.wire import Call, FetchMail, Refused
from syncproof_products.bundled.relay.node import Node
from syncproof_products.bundled.relay.replies import error_reply, number, unauthorized
from syncproof_products.bundled.relay.tokens import Tokens
from syncproof_products.bundled.wire_json import WireError, decode_send_mail, encode_answer


class MailApp:
    """Serves /to-device to registered devices."""

    def __init__(self, node: Node, tokens: Tokens) -> None:
        self._node = node
        self._tokens = tokens

    async def send(self, request: Request) -> Response:
        """PUT /to-device/{to}."""
        try:
            call = decode_send_mail(request.path_params["to"], await request.body())
        except WireError as wrong:
            return error_reply(400, "invalid", str(wrong))
        return await self._ask(request, call)

    async def fetch(self, request: Request) -> Response:
        """GET /to-device?after=N."""
        try:
            after = number(request, "after", 0)
        except ValueError as wrong:
            return error_reply(400, "invalid", str(wrong))
        return await self._ask(request, FetchMail(after))

    async def _ask(self, request: Request, call: Call) -> Response:
        device = self._tokens.device(request.headers.get("authorization", "").encode("latin-1"))
        if device is None:
            return unauthorized()
        request.state.device = device
        answer = await self._node.call(device, call)
        status = answer.status if isinstance(answer, Refused) else 200
        return Response(encode_answer(answer), status, media_type="application/json")
