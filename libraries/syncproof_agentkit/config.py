"""What every agent's configuration has in common: one JSON object, and one error that names the field."""

from __future__ import annotations

from pathlib import Path

import msgspec


class ConfigError(Exception):
    """The configuration cannot be used; the message names the field."""


def read_config_file(path: Path) -> dict[str, object]:
    """The configuration in a JSON file. Raises ConfigError."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, object])
    except OSError as error:
        raise ConfigError(f"Cannot read the configuration {path}: {error.strerror}.") from None
    except msgspec.DecodeError as error:
        raise ConfigError(f"The configuration {path} is not a JSON object: {error}") from None
