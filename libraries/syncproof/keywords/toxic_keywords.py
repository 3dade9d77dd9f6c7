"""Keywords of ToxiproxyLibrary that add, change and remove toxics; those that add one come from the toxics."""

from __future__ import annotations

import inspect
import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import Field, fields
from inspect import Parameter
from typing import Any, Final

from robot.api.deco import keyword

from syncproof.faults.toxiproxy.client import Client, Direction
from syncproof.faults.toxiproxy.toxics import TYPES, ToxicType, Unit
from syncproof.kernel.quantities import Duration, Percent, Rate, Size

_QUANTITIES: Final = {
    Unit.MS: (Duration, 1e-3),
    Unit.US: (Duration, 1e-6),
    Unit.KB_S: (Rate, 1e3),
    Unit.BYTES: (Size, 1),
    Unit.CONNECTIONS: (int, 1),
    Unit.PROBABILITY: (Percent, 1),
}
"""What people write for an attribute, and how much of that one unit is."""


class ToxicKeywords(ABC):
    """Everything that a toxic can do to a proxy."""

    @property
    @abstractmethod
    def client(self) -> Client:
        """The connected server."""

    @abstractmethod
    def undo_later(self, undo: Callable[[], object]) -> None:
        """Keep what takes back what was just done."""

    @keyword
    def cut_one_way(self, proxy: str, direction: Direction, name: str | None = None) -> str:
        """Let nothing pass in one direction, on live and new connections; nothing is lost when it is removed.

        Returns the toxic's name. A real server serves it by a bandwidth of 0, which lets the end of an idle
        connection pass.

        Example:
        | ${cut} =    Cut One Way    database    upstream
        | Remove Toxic    database    ${cut}
        """
        toxic = self.client.cut_one_way(proxy, direction, name).name
        self.undo_later(lambda: self.client.remove_toxic(proxy, toxic))
        return toxic

    @keyword
    def set_toxicity(self, proxy: str, toxic: str, toxicity: Percent) -> None:
        """Change to which share of connections a toxic applies; it is decided anew, for live ones too.

        Example:
        | Set Toxicity    database    latency_downstream    25%
        """
        self.client.update_toxic(proxy, toxic, toxicity=toxicity.fraction)

    @keyword
    def update_toxic(self, proxy: str, toxic: str, **attributes: int | float) -> None:
        """Change attributes of a toxic, named and counted as in the Toxiproxy API; others stay as they are.

        That is ms for times (microseconds for the slicer's ``delay``), KB/s for ``rate``, bytes for sizes.

        Example:
        | Update Toxic    database    latency_downstream    latency=500    jitter=20
        """
        self.client.update_attributes(proxy, toxic, attributes)

    @keyword
    def remove_toxic(self, proxy: str, toxic: str) -> None:
        """Take a toxic away; what it held back passes at once.

        Example:
        | ${toxic} =    Add Latency    database    200 ms
        | Remove Toxic    database    ${toxic}
        """
        self.client.remove_toxic(proxy, toxic)

    @keyword
    def list_toxics(self, proxy: str) -> list[dict[str, object]]:
        """The toxics of a proxy: ``name``, ``type``, ``direction``, ``toxicity`` (0 to 1), ``attributes``.

        Example:
        | ${toxics} =    List Toxics    database
        | Should Be Empty    ${toxics}
        """
        return [
            {**vars(toxic), "direction": str(toxic.direction), "attributes": dict(toxic.attributes)}
            for toxic in self.client.toxics(proxy)
        ]


def _add(of: type[ToxicType]) -> Callable[..., str]:
    """The keyword that adds a toxic of one type: its arguments are the attributes, its documentation the type's."""
    ways = [_optional("direction", Direction, Direction.DOWNSTREAM)] if of.directed else []
    signature = inspect.Signature(
        [
            Parameter("self", Parameter.POSITIONAL_OR_KEYWORD),
            Parameter("proxy", Parameter.POSITIONAL_OR_KEYWORD, annotation=str),
            *(_argument(item) for item in fields(of)),
            *ways,
            _optional("toxicity", Percent, Percent(1.0)),
            _optional("name", str | None, None),
        ],
        return_annotation=str,
    )

    def add(*positional: object, **named: object) -> str:
        bound = signature.bind(*positional, **named)
        bound.apply_defaults()
        given: dict[str, Any] = bound.arguments
        library, proxy = given["self"], given["proxy"]
        name: str = library.client.add_toxic(
            proxy,
            of(**{item.name: _number(item, given[_name(item)]) for item in fields(of)}),
            stream=given.get("direction", Direction.DOWNSTREAM),
            toxicity=given["toxicity"].fraction,
            name=given["name"],
        ).name
        library.undo_later(lambda: library.client.remove_toxic(proxy, name))
        return name

    add.__name__ = of.keyword.lower().replace(" ", "_")
    add.__signature__ = signature  # type: ignore[attr-defined]  # what Robot Framework reads
    add.__annotations__ = {
        one.name: one.annotation for one in signature.parameters.values() if one.name != "self"
    }
    add.__doc__ = _documentation(of)
    return add


def _documentation(of: type[ToxicType]) -> str:
    """The type's own, in Robot Framework's markup, with the names of arguments."""
    names = {item.name: _name(item) for item in fields(of)}
    meaning = inspect.cleandoc(of.__doc__ or "")
    meaning = re.sub(r"`(.*?)`", lambda code: f"``{names.get(code[1], code[1])}``", meaning)
    only = "Embedded server only.\n\n" if of.extension else ""
    example = f"Example:\n| {of.keyword}    database    {of.example}"
    return f"{meaning}\n\n{only}Returns the toxic's name.\n\n{example}"


def _optional(name: str, kind: Any, default: object) -> Parameter:
    return Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, annotation=kind, default=default)


def _name(item: Field[Any]) -> str:
    return str(item.metadata["argument"] or item.name)


def _argument(item: Field[Any]) -> Parameter:
    kind, one = _QUANTITIES[item.metadata["unit"]]
    start: Any = item.default
    default = Parameter.empty if item.metadata["required"] else kind(start * one)
    return _optional(_name(item), kind, default)


def _number(item: Field[Any], quantity: Any) -> int | float:
    """A quantity as the API counts it. Raises ValueError if it is not whole where it must be."""
    unit: Unit = item.metadata["unit"]
    if unit is Unit.CONNECTIONS:
        return int(quantity)
    (value,) = vars(quantity).values()
    if unit is Unit.PROBABILITY:
        return float(value)
    number = round(value / _QUANTITIES[unit][1], 6)
    if number != int(number):
        raise ValueError(f"{quantity} cannot be set: Toxiproxy counts {_name(item)} in whole {unit.value}.")
    return int(number)


for _type in TYPES.values():
    if _type.keyword:
        _method = _add(_type)
        setattr(ToxicKeywords, _method.__name__, keyword(_method))
