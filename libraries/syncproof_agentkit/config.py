"""What the configuration of every program has in common: one JSON object, and one error that names the field."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec

C = TypeVar("C")


class ConfigError(Exception):
    """The configuration cannot be used; the message names the field."""


class ServerConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """directory: where the program keeps everything. host, port: where it listens (port 0: any free one)."""

    directory: Annotated[str, msgspec.Meta(min_length=1)]
    host: Annotated[str, msgspec.Meta(min_length=1)] = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 0


class AgentConfig(ServerConfig, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """device: its name. seed: of what is random in the device."""

    device: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    seed: int = 0


def read_config(values: Mapping[str, object], kind: type[C]) -> C:
    """Check a configuration. Raises ConfigError."""
    try:
        # Not strict: settings are floats until here, and 16.0 is a whole number.
        return msgspec.convert(dict(values), kind, strict=False)
    except msgspec.ValidationError as error:
        raise ConfigError(f"The configuration is wrong: {error}") from None


def read_config_file(path: Path) -> dict[str, object]:
    """The configuration in a JSON file. Raises ConfigError."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, object])
    except OSError as error:
        raise ConfigError(f"Cannot read the configuration {path}: {error.strerror}.") from None
    except msgspec.DecodeError as error:
        raise ConfigError(f"The configuration {path} is not a JSON object: {error}") from None
