"""Proxies and toxics as the HTTP API writes them, and as it reads them."""

from __future__ import annotations

from dataclasses import dataclass

from . import failures
from .gojson import Fields, GoJsonError, Json, decode, float32, kind_of, real
from .proxy import Proxy
from .toxics import KINDS, Direction, Kind, Toxic
from .toxics.catalogue import Number

_POPULATE_ITEM = r'struct { toxiproxy.Proxy; Enabled *bool "json:\"enabled\"" }'


@dataclass(frozen=True)
class ProxyInput:
    """What a request says about a proxy."""

    name: str
    listen: str
    upstream: str
    enabled: bool


def _decode(body: bytes) -> Json:
    try:
        return decode(body)
    except GoJsonError as error:
        raise failures.bad_body(str(error)) from None


def proxy_input(body: bytes, listen: str = "", upstream: str = "", enabled: bool = True) -> ProxyInput:
    """A proxy to create, or with the present values as defaults the changes to one. Raises ApiError (400)."""
    try:
        return _proxy_fields(
            _decode(body), "value of type toxiproxy.Proxy", "Proxy.", listen, upstream, enabled
        )
    except GoJsonError as error:
        raise failures.bad_body(str(error)) from None


def _proxy_fields(
    value: Json, go_type: str, path: str, listen: str = "", upstream: str = "", enabled: bool = True
) -> ProxyInput:
    fields = Fields(value, go_type, path)
    return ProxyInput(
        fields.text("name", ""),
        fields.text("listen", listen),
        fields.text("upstream", upstream),
        fields.flag("enabled", enabled),
    )


def populate_input(body: bytes) -> list[ProxyInput]:
    """The list of POST /populate, checked as a whole before anything is made of it. Raises ApiError (400)."""
    value = _decode(body)
    if value is None:
        return []
    if not isinstance(value, list):
        reason = f"json: cannot unmarshal {kind_of(value)} into Go value of type []{_POPULATE_ITEM}"
        raise failures.bad_body(reason)
    try:
        inputs = [_proxy_fields(item, f"value of type {_POPULATE_ITEM}", ".Proxy.") for item in value]
    except GoJsonError as error:
        raise failures.bad_body(str(error)) from None
    for number, item in enumerate(inputs, start=1):
        if not item.name:
            raise failures.missing_field(f"name at proxy {number}")
        if not item.upstream:
            raise failures.missing_field(f"upstream at proxy {number}")
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
        "attributes": {name: real(value) for name, value in toxic.attributes.items()},
        "name": toxic.name,
        "type": toxic.kind.name,
        "stream": toxic.stream,
        "toxicity": float32(toxic.toxicity),
    }


def toxic_input(body: bytes) -> Toxic:
    """A toxic to create. Raises ApiError (400)."""
    value = _decode(body)
    try:
        fields = Fields(value, "value of type toxics.ToxicWrapper", "ToxicWrapper.")
        name = fields.text("name", "")
        kind_name = fields.text("type", "")
        stream = fields.text("stream", "downstream")
        toxicity = fields.real("toxicity", 1.0)
        attributes = fields.item("attributes")
        Fields(attributes, "struct field ToxicWrapper.attributes of type toxics.NoopToxic", "")
        try:
            direction = Direction(stream.lower())
        except ValueError:
            raise failures.invalid_stream() from None
        kind = KINDS.get(kind_name)
        if kind is None:
            raise failures.invalid_toxic_type()
        given = _attributes(kind, attributes, {item.name: item.default for item in kind.attributes})
    except GoJsonError as error:
        raise failures.bad_body(str(error)) from None
    return Toxic(name or f"{kind.name}_{stream}", kind, stream, direction, toxicity, given)


def toxic_changes(body: bytes, toxic: Toxic) -> tuple[dict[str, Number], float]:
    """Attributes merged with the present ones, and toxicity; all or nothing. Raises ApiError (400)."""
    value = _decode(body)
    try:
        fields = Fields(
            value,
            'value of type struct { Attributes interface {} "json:\\"attributes\\""; '
            'Toxicity float32 "json:\\"toxicity\\"" }',
            ".",
        )
        toxicity = fields.real("toxicity", toxic.toxicity)
        return _attributes(toxic.kind, fields.item("attributes"), toxic.attributes), toxicity
    except GoJsonError as error:
        raise failures.bad_body(str(error)) from None


def _attributes(kind: Kind, value: Json, present: dict[str, Number]) -> dict[str, Number]:
    fields = Fields(
        value, f"struct field .attributes of type toxics.{kind.go_struct}", f"{kind.go_struct}.attributes."
    )
    merged: dict[str, Number] = {}
    for attribute in kind.attributes:
        if attribute.go_type == "float64":
            merged[attribute.name] = fields.real(attribute.name, float(present[attribute.name]), "float64")
        else:
            merged[attribute.name] = fields.integer(
                attribute.name, int(present[attribute.name]), attribute.go_type
            )
    wrong = kind.check(merged)
    if wrong is not None:
        raise failures.bad_body(wrong)
    return merged
