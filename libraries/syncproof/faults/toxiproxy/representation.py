"""Proxies and toxics as the HTTP API writes them, and as it reads them."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from .failures import ApiError, BadBody
from .json_body import Fields, Json, decode
from .proxy import Proxy
from .toxics import TYPES, Direction, Toxic, ToxicType, Unit


@dataclass(frozen=True)
class ProxyInput:
    """What a request says about a proxy."""

    name: str
    listen: str
    upstream: str
    enabled: bool
    toxics: tuple[Toxic, ...] = ()
    """Extension, of POST /populate and of `-config` only: those of a proxy that is made."""


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
    inputs = [_populated(item, number) for number, item in enumerate(value, start=1)]
    for number, item in enumerate(inputs, start=1):
        for name in ("name", "upstream"):
            if not getattr(item, name):
                raise ApiError(f"missing required field: {name} at proxy {number}", 400)
    return inputs


def _populated(value: Json, number: int) -> ProxyInput:
    proxy = _proxy_fields(value, f"proxy {number}")
    given = Fields(value, f"proxy {number}").item("toxics") or []
    if not isinstance(given, list):
        raise BadBody(f"the toxics of proxy {number} must be a list")
    try:
        toxics = tuple(_toxic(toxic) for toxic in given)
    except ApiError as error:
        raise ApiError(f"{error.message} at proxy {number}", error.status) from None
    if len({toxic.name for toxic in toxics}) < len(toxics):
        raise ApiError(f"toxic already exists at proxy {number}", 409)
    return dataclasses.replace(proxy, toxics=toxics)


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
        "attributes": toxic.of.attributes,
        "name": toxic.name,
        "type": toxic.of.type,
        "stream": toxic.stream,
        "toxicity": toxic.toxicity,
    }


def toxic_input(body: bytes | None) -> Toxic:
    """A toxic to create. Raises ApiError (400)."""
    return _toxic(decode(body))


def _toxic(value: Json) -> Toxic:
    fields = Fields(value, "a toxic")
    name = fields.text("name", "")
    type_name = fields.text("type", "")
    stream = fields.text("stream", "downstream")
    toxicity = fields.real32("toxicity", 1.0)
    attributes = Fields(fields.item("attributes"), "attributes")
    try:
        direction = Direction(stream.lower())
    except ValueError:
        raise ApiError("stream was invalid, can be either upstream or downstream", 400) from None
    of = TYPES.get(type_name)
    if of is None:
        raise ApiError("invalid toxic type", 400)
    return Toxic(name or f"{type_name}_{stream}", _merged(of(), attributes), stream, direction, toxicity)


def toxic_changes(body: bytes | None, toxic: Toxic) -> tuple[ToxicType, float]:
    """Attributes merged with the present ones, and toxicity; all or nothing. Raises BadBody."""
    fields = Fields(decode(body), "a toxic")
    toxicity = fields.real32("toxicity", toxic.toxicity)
    return _merged(toxic.of, Fields(fields.item("attributes"), "attributes")), toxicity


def _merged(present: ToxicType, given: Fields) -> ToxicType:
    values = {
        item.name: (given.real if item.metadata["unit"] is Unit.PROBABILITY else given.integer)(
            item.name, getattr(present, item.name)
        )
        for item in dataclasses.fields(present)
    }
    merged = dataclasses.replace(present, **values)
    wrong = merged.problem()
    if wrong is not None:
        raise BadBody(wrong)
    return merged
