"""JSON as Go's encoding/json reads and writes it: which clients of Toxiproxy see in every answer."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from typing import NoReturn

from .gojson_scan import explain_syntax

Json = None | bool | int | float | str | Mapping[str, "Json"] | Sequence["Json"]


class GoJsonError(ValueError):
    """The message that Go would give."""


class Real(str):
    """A number with a fraction or an exponent, as it was written: Go does not take `1.0` for an integer."""

    __slots__ = ()


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


_DECODER = json.JSONDecoder(parse_float=Real, parse_constant=_no_constant)
_BLANKS = " \t\r\n"


def decode(body: bytes) -> Json:
    """The first JSON value of a body; what follows it is not read. Raises GoJsonError."""
    text = body.decode("utf-8", errors="replace")
    start = len(text) - len(text.lstrip(_BLANKS))
    try:
        value: Json = _DECODER.raw_decode(text, start)[0]
    except ValueError:
        raise GoJsonError(explain_syntax(text[start:])) from None
    except RecursionError:
        raise GoJsonError("exceeded max depth") from None
    return value


def kind_of(value: Json) -> str:
    """Go's word for the type of a value in `cannot unmarshal ...`."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, (int, float, Real)):
        return "number"
    if isinstance(value, str):
        return "string"
    return "object" if isinstance(value, Mapping) else "array"


class Fields:
    """The fields of a JSON object that Go decodes into a struct: keys in any case, unknown ones ignored, null
    too.

    `path` is how Go names the place in its messages.
    """

    def __init__(self, value: Json, go_type: str, path: str) -> None:
        if value is not None and not isinstance(value, Mapping):
            raise GoJsonError(f"json: cannot unmarshal {kind_of(value)} into Go {go_type}")
        self._values: dict[str, Json] = {}
        for key, item in (value or {}).items():
            if item is not None:
                self._values[key.casefold()] = item
        self._path = path

    def text(self, name: str, default: str) -> str:
        """A string."""
        value = self._values.get(name, default)
        if not isinstance(value, str) or isinstance(value, Real):
            self._mismatch(name, value, "string")
        return value

    def flag(self, name: str, default: bool) -> bool:
        """A bool."""
        value = self._values.get(name, default)
        if not isinstance(value, bool):
            self._mismatch(name, value, "bool")
        return value

    def integer(self, name: str, default: int, go_type: str = "int64") -> int:
        """An integer of 64 bits."""
        value = self._values.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or not -(2**63) <= value < 2**63:
            self._mismatch(name, value, go_type)
        return value

    def real(self, name: str, default: float, go_type: str = "float32") -> float:
        """A floating-point number."""
        value = self._values.get(name, default)
        if isinstance(value, bool) or not isinstance(value, (int, float, Real)):
            self._mismatch(name, value, go_type)
        try:
            number = float(value)
            if go_type == "float32":
                struct.pack("f", number)
        except OverflowError:
            self._mismatch(name, value, go_type)
        if number in (float("inf"), float("-inf")):
            self._mismatch(name, value, go_type)
        return number

    def item(self, name: str) -> Json:
        """Any value, or None."""
        return self._values.get(name)

    def _mismatch(self, name: str, value: Json, go_type: str) -> NoReturn:
        seen = kind_of(value)
        if seen == "number" and go_type not in ("string", "bool"):
            seen = f"number {value}"
        raise GoJsonError(
            f"json: cannot unmarshal {seen} into Go struct field {self._path}{name} of type {go_type}"
        )


def encode(value: object) -> bytes:
    """As json.Marshal: no blanks, UTF-8 as it is, and <, >, & escaped. Floats must come as `Float32`."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_number)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text.encode("utf-8", errors="replace")


def float32(value: float) -> int | float:
    """The value that prints as Go prints a float32: `1` for 1.0, `0.3` for the float32 nearest to 0.3."""
    packed = struct.pack("f", value)
    for digits in range(1, 10):
        shortest = float(f"{value:.{digits}g}")
        if struct.pack("f", shortest) == packed:
            break
    return real(shortest)


def real(value: float) -> int | float:
    """Without a fraction where there is none, as Go prints floats."""
    return int(value) if value == int(value) and abs(value) < 1e21 else value


def _number(value: object) -> NoReturn:
    raise TypeError(f"not JSON: {value!r}")
