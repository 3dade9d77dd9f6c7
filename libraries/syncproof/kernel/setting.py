"""A setting of a run, declared once: its name, its values, its meaning, its default.

A declaration is a value that any module can hold; `gather` brings them together. What reads settings, what checks
them, what refuses unknown ones, and every page that lists them is made from the declarations. This module needs
nothing but Python itself, because `make` asks for the settings before anything is installed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast
from urllib.parse import urlsplit

from syncproof.kernel.variables import BadSetting, hint

T = TypeVar("T")
Value = TypeVar("Value", covariant=True)
Number = TypeVar("Number", int, float)


@dataclass(frozen=True)
class Values(Generic[Value]):
    """What a setting takes.

    parse: the value of a text. Raises ValueError with the words that follow `NAME is 'TEXT'`. written: all of them, for
    a table.
    """

    parse: Callable[[str], Value]
    written: str


@dataclass(frozen=True)
class Needs:
    """What another setting must be where this one is given.

    values: the values of the other one that fit; none where it need only be given. absent: it must not be given at all.
    of: for this value only. why: the rest of the message.
    """

    other: Setting[Any]
    values: tuple[str, ...] = ()
    absent: bool = False
    of: str = ""
    why: str = ""


@dataclass(frozen=True, eq=False)
class Setting(Generic[Value]):
    """`robot --variable NAME:value`, `make ... NAME=value`.

    meaning: half a sentence. otherwise: the default for people, where the value does not say it. needs: the other
    settings that it goes with. page: where more is told. secret: its value is shown nowhere. suites: the folder of
    suites that alone read it ("" for all). instead: the words for a run of other suites that gives it all the same.
    """

    name: str
    values: Values[Value]
    default: Value
    meaning: str
    otherwise: str = ""
    needs: tuple[Needs, ...] = ()
    page: str = ""
    secret: bool = False
    suites: str = ""
    instead: str = ""

    def read(self, text: str) -> Value:
        """Its value in a text. Raises BadSetting."""
        try:
            return self.values.parse(text)
        except ValueError as wrong:
            raise BadSetting(f"{self.name} is '{self.shown(text)}'{wrong}") from None

    def shown(self, value: object) -> str:
        """A value for people."""
        if self.secret:
            return "..."
        if isinstance(value, tuple):
            return ",".join(map(str, value))
        return f"{value:g}" if isinstance(value, float) else str(value)


class Settings:
    """The settings of one run. given: the values that it was told; all others have their defaults."""

    def __init__(self, given: Mapping[Setting[Any], object] | None = None) -> None:
        self.given = dict(given or {})

    def __getitem__(self, setting: Setting[T]) -> T:
        return cast(T, self.given.get(setting, setting.default))

    @classmethod
    def read(cls, declared: Iterable[Setting[Any]], texts: Mapping[str, str]) -> Settings:
        """The declared settings in texts by name; an empty text gives nothing. Raises BadSetting."""
        told = [setting for setting in declared if texts.get(setting.name)]
        settings = cls({setting: setting.read(texts[setting.name]) for setting in told})
        settings.check()
        return settings

    def check(self) -> None:
        """Raises BadSetting for settings that do not go together."""
        for setting in self.given:
            for need in setting.needs:
                if not need.of or self[setting] == need.of:
                    self._check(setting, need)

    def _check(self, setting: Setting[Any], need: Needs) -> None:
        other, there = need.other, need.other in self.given
        if need.absent:
            fits, wrong = not there, f"{setting.name} does not go with {other.name}: {need.why}."
        elif not need.values:
            told = f"{setting.name} is '{setting.shown(self[setting])}' and there is no {other.name}"
            fits, wrong = there, f"{told}: {need.why}."
        else:
            fits = str(self[other]) in need.values
            wrong = (
                f"{' '.join(filter(None, (setting.name, need.of)))} is for {other.name} {' or '.join(need.values)}, "
                f"and {other.name} is '{other.shown(self[other])}'{f': {need.why}' if need.why else ''}."
            )
        if not fits:
            raise BadSetting(wrong)


def gather(*sources: Iterable[Setting[Any]]) -> tuple[Setting[Any], ...]:
    """The declarations of several sources, in their order. Raises ValueError for a name that two of them have."""
    found: dict[str, Setting[Any]] = {}
    for setting in (each for source in sources for each in source):
        if found.setdefault(setting.name, setting) is not setting:
            raise ValueError(f"The setting {setting.name} is declared twice.")
    return tuple(found.values())


def one_of(*known: str) -> Values[str]:
    """One of some names."""

    def parse(text: str) -> str:
        if text not in known:
            raise ValueError(f".{hint(text, known)} Known here: {', '.join(known)}.")
        return text

    return Values(parse, ", ".join(f"`{name}`" for name in known))


def number(kind: type[Number], low: Number, high: Number, like: str) -> Values[Number]:
    """A number within bounds, which belong to it. like: an example with its unit."""
    noun = "a whole number" if kind is int else "a number"
    least, most = (f"{bound:g}" if isinstance(bound, float) else str(bound) for bound in (low, high))

    def parse(text: str) -> Number:
        try:
            value = kind(text)
        except ValueError:
            value = low - 1
        if not low <= value <= high:  # a NaN is not
            raise ValueError(f": it must be {noun} from {least} to {most}, like {like}.")
        return value

    return Values(parse, f"`{least}` to `{most}`")


def names(example: str) -> Values[tuple[str, ...]]:
    """Names with commas between them."""
    return Values(lambda text: tuple(filter(None, (part.strip() for part in text.split(",")))), example)


def text(what: str) -> Values[str]:
    """Any text."""
    return Values(str, what)


def url(like: str, *schemes: str) -> Values[str]:
    """A URL with a host."""

    def parse(given: str) -> str:
        try:
            parts = urlsplit(given)
            usable = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
        except ValueError:  # a port that is no number, half an address in brackets
            usable = False
        if not usable:
            raise ValueError(f": it must be like {like}.")
        return given

    return Values(parse, f"like `{like}`")


def address(like: str) -> Values[str]:
    """A host and a port."""

    def parse(given: str) -> str:
        host, _, port = given.rpartition(":")
        if not host or not port.isdecimal() or not 0 < int(port) < 65536:
            raise ValueError(f": it must be like {like}.")
        return given

    return Values(parse, f"like `{like}`")


def duration(like: str) -> Values[str]:
    """A number with a unit of time, as sentences have it; Robot Framework reads it once more."""

    def parse(given: str) -> str:
        from syncproof.kernel.quantities import Duration

        try:
            Duration.parse(given)
        except ValueError:
            raise ValueError(f": it must be a time with its unit, like {like}.") from None
        return given

    return Values(parse, f"like `{like}`")
