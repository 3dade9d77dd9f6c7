"""JSON bodies, read with the leniency of the real server (Go's encoding/json) and written as it writes them."""

from __future__ import annotations

import json
import math
import re
import struct
from collections.abc import Mapping, Sequence
from typing import Final, NoReturn

from .failures import BadBody

Json = None | bool | int | float | str | Mapping[str, "Json"] | Sequence["Json"]


class _MinusZero(int):
    """`-0`: an integer for Go, and a number with a fraction that keeps its sign."""

    def __float__(self) -> float:
        return -0.0


def _integer(text: str) -> int:
    return _MinusZero() if text == "-0" else int(text)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


_DECODER: Final = json.JSONDecoder(parse_int=_integer, parse_constant=_refuse_constant)
_BLANKS: Final = " \t\r\n"
_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def decode(body: bytes | None) -> Json:
    """The first JSON value of a body; what follows it is not read. Raises BadBody, also for one that was too long."""
    if body is None:
        raise BadBody("it is too long: at most 1 MiB is read")
    text = body.decode("utf-8", errors="replace").lstrip(_BLANKS)
    if not text:
        raise BadBody("EOF: it is empty, expected JSON")
    try:
        value: Json = _DECODER.raw_decode(text)[0]
    except json.JSONDecodeError as error:
        raise BadBody(f"it is no JSON: {error.msg} at line {error.lineno} column {error.colno}") from None
    except ValueError as error:
        raise BadBody(f"it is no JSON: {error}") from None
    except RecursionError:
        raise BadBody("it is no JSON of this API: it is nested too deeply") from None
    return value


class Fields:
    """The fields of a JSON object: keys in any case, unknown ones ignored, null as if absent."""

    def __init__(self, value: Json, what: str) -> None:
        """`what` names the object in messages. Raises BadBody."""
        if value is not None and not isinstance(value, Mapping):
            raise BadBody(f"{what} must be an object, got {_shown(value)}")
        self._values = {key.casefold(): item for key, item in (value or {}).items() if item is not None}

    def text(self, name: str, default: str) -> str:
        """A string; half of a surrogate pair, which no UTF-8 can write, becomes U+FFFD."""
        value = self._values.get(name, default)
        if not isinstance(value, str):
            raise BadBody(f"{name} must be a string, got {_shown(value)}")
        return _LONE_SURROGATE.sub("\ufffd", value)

    def flag(self, name: str, default: bool) -> bool:
        """A bool."""
        value = self._values.get(name, default)
        if not isinstance(value, bool):
            raise BadBody(f"{name} must be true or false, got {_shown(value)}")
        return value

    def integer(self, name: str, default: int) -> int:
        """An integer of 64 bits; `1.0` and `1e3` are none."""
        value = self._values.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or not -(2**63) <= value < 2**63:
            raise BadBody(f"{name} must be an integer of 64 bits, got {_shown(value)}")
        return int(value)

    def real(self, name: str, default: float) -> float:
        """A number of 64 bits."""
        value = self._values.get(name, default)
        try:
            if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
                return float(value)
        except OverflowError:
            pass  # an integer beyond every float
        raise BadBody(f"{name} must be a finite number, got {_shown(value)}")

    def real32(self, name: str, default: float) -> float:
        """A number of 32 bits."""
        value = self.real(name, default)
        try:
            number: float = struct.unpack("<f", struct.pack("<f", value))[0]
        except OverflowError:
            raise BadBody(f"{name} must be a number of 32 bits, got {value}") from None
        return number

    def item(self, name: str) -> Json:
        """Any value, or None."""
        return self._values.get(name)


def _shown(value: Json) -> str:
    return json.dumps(value)[:40]


def encode(value: object) -> bytes:
    """As json.Marshal of Go: no blanks, UTF-8 as it is, and <, >, & escaped."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    # A quote within a string is escaped, so this is the field and nothing else.
    text = re.sub(r'(?<="toxicity":)-?[0-9.e+-]+', lambda number: _as_go(number[0]), text)
    return text.encode()


def _as_go(number: str) -> str:
    """The shortest text of a float32, in Go's notation: `1`, `-0`, `0.3`, `1e-7`."""
    value = float(number)
    texts = (f"{value:.{digits}g}" for digits in range(1, 10))
    # Native packing, other than "<f", takes what rounds beyond a float32: as infinite.
    shortest = float(next(text for text in texts if struct.pack("f", float(text)) == struct.pack("f", value)))
    if shortest.is_integer() and abs(shortest) < 1e21:
        return f"{shortest:.0f}"
    if 1e-6 <= abs(shortest) < 1e-4:
        return f"{shortest:.15f}".rstrip("0")
    return re.sub(r"(?<=e[+-])0", "", repr(shortest))
