"""Proxies and toxics as the HTTP API writes them, and as it reads them."""

from __future__ import annotations

from dataclasses import dataclass

from .failures import ApiError, BadBody
from .json_body import Fields, Json, decode
from .proxy import Proxy
from .toxics import KINDS, Direction, Kind, Toxic
from .toxics.catalogue import Number


@dataclass(frozen=True)
class ProxyInput:
    """What a request says about a proxy."""

    name: str
    listen: str
    upstream: str
    enabled: bool


def proxy_input(body: bytes | None, listen: str = "", upstream: str = "", enabled: bool = True) -> ProxyInput:
    """A proxy to create, or with the present values as defaults the changes to one. Raises BadBody."""
    return _proxy_fields(decode(body), "a proxy", listen, upstream, enabled)


def _proxy_fields(
    value: Json, what: str, listen: str = "", upstream: str = "", enabled: bool = True
) -> ProxyInput:
    fields = Fields(value, what)
    return ProxyInput(
        fields.text("name", ""),
        fields.text("listen", listen),
        fields.text("upstream", upstream),
        fields.flag("enabled", enabled),
    )


def populate_input(body: bytes | None) -> list[ProxyInput]:
    """The list of POST /populate, checked as a whole before anything is made of it. Raises ApiError (400)."""
    value = decode(body)
    if value is None:
        return []
    if not isinstance(value, list):
        raise BadBody("expected a list of proxies")
    inputs = [_proxy_fields(item, f"proxy {number}") for number, item in enumerate(value, start=1)]
    for number, item in enumerate(inputs, start=1):
        for name in ("name", "upstream"):
            if not getattr(item, name):
                raise ApiError(f"missing required field: {name} at proxy {number}", 400)
    return inputs


def proxy_output(proxy: Proxy) -> dict[str, object]:
    """A proxy with its toxics. `Logger` is an accident of Toxiproxy since 2.5, kept for what it is worth."""
    return {
        "name": proxy.name,
        "listen": proxy.listen,
        "upstream": proxy.upstream,
        "enabled": proxy.enabled,
        "Logger": {},
        "toxics": [toxic_output(toxic) for toxic in proxy.toxics()],
    }


def toxic_output(toxic: Toxic) -> dict[str, object]:
    """A toxic."""
    return {
        "attributes": dict(toxic.attributes),
        "name": toxic.name,
        "type": toxic.kind.name,
        "stream": toxic.stream,
        "toxicity": toxic.toxicity,
    }


def toxic_input(body: bytes | None) -> Toxic:
    """A toxic to create. Raises ApiError (400)."""
    fields = Fields(decode(body), "a toxic")
    name = fields.text("name", "")
    kind_name = fields.text("type", "")
    stream = fields.text("stream", "downstream")
    toxicity = fields.real32("toxicity", 1.0)
    attributes = Fields(fields.item("attributes"), "attributes")
    try:
        direction = Direction(stream.lower())
    except ValueError:
        raise ApiError("stream was invalid, can be either upstream or downstream", 400) from None
    kind = KINDS.get(kind_name)
    if kind is None:
        raise ApiError("invalid toxic type", 400)
    given = _attributes(kind, attributes, {item.name: item.default for item in kind.attributes})
    return Toxic(name or f"{kind.name}_{stream}", kind, stream, direction, toxicity, given)


def toxic_changes(body: bytes | None, toxic: Toxic) -> tuple[dict[str, Number], float]:
    """Attributes merged with the present ones, and toxicity; all or nothing. Raises BadBody."""
    fields = Fields(decode(body), "a toxic")
    toxicity = fields.real32("toxicity", toxic.toxicity)
    return _attributes(
        toxic.kind, Fields(fields.item("attributes"), "attributes"), toxic.attributes
    ), toxicity


def _attributes(kind: Kind, fields: Fields, present: dict[str, Number]) -> dict[str, Number]:
    merged: dict[str, Number] = {}
    for attribute in kind.attributes:
        if attribute.go_type == "float64":
            merged[attribute.name] = fields.real(attribute.name, float(present[attribute.name]))
        else:
            merged[attribute.name] = fields.integer(attribute.name, int(present[attribute.name]))
    wrong = kind.check(merged)
    if wrong is not None:
        raise BadBody(wrong)
    return merged
