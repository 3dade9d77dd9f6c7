"""The configuration of a relay process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from syncproof_products.bundled.relay.settings import Settings, settings_of
from syncproof_products.bundled.relay.start_error import StartError

_KEYS = ("directory", "host", "port", "secret", "settings")


@dataclass(frozen=True, slots=True)
class Config:
    """Where a relay keeps its data and listens (port 0: any free one), and the secret to register with."""

    directory: Path
    host: str
    port: int
    secret: str
    settings: Settings


def config_of(given: Mapping[str, object]) -> Config:
    """The configuration in this mapping. Raises StartError for what is missing, unknown or wrong."""
    for key in given:
        if key not in _KEYS:
            raise StartError(f"config: there is no {key!r}; expected some of {', '.join(_KEYS)}")
    port = given.get("port", 0)
    if isinstance(port, bool) or not isinstance(port, int) or not 0 <= port <= 65535:
        raise StartError(f"config: expected port to be a number from 0 to 65535, seen {port!r}")
    settings = given.get("settings", {})
    if not isinstance(settings, Mapping):
        raise StartError(f"config: expected settings to be an object, seen {settings!r}")
    return Config(
        Path(_text(given, "directory")),
        _text(given, "host", "127.0.0.1"),
        port,
        _text(given, "secret"),
        settings_of(settings),
    )


def read_config(path: Path) -> Mapping[str, object]:
    """The mapping in a JSON file. Raises StartError if it cannot be read or is no JSON object."""
    try:
        given = json.loads(path.read_bytes())
    except OSError as error:
        raise StartError(f"config: cannot read {path}: {error.strerror}") from error
    except ValueError as error:
        raise StartError(f"config: expected {path} to hold JSON: {error}") from error
    if not isinstance(given, dict):
        raise StartError(f"config: expected {path} to hold a JSON object, seen {type(given).__name__}")
    return given


def _text(given: Mapping[str, object], key: str, default: str | None = None) -> str:
    value = given.get(key, default)
    if value is None:
        raise StartError(f"config: {key!r} is missing")
    if not isinstance(value, str) or not value:
        # A secret must not end up in a log, not even a wrong one.
        seen = "something else" if key == "secret" else repr(value)
        raise StartError(f"config: expected {key} to be a non-empty text, seen {seen}")
    return value
