"""The configuration of an agent's process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Annotated

import msgspec

from syncproof_agentkit.config import ConfigError
from syncproof_products.bundled.core.settings import Settings
from syncproof_products.bundled.device.http_client import Patience

#: How long the slowest link worth waiting for takes for what buffers on the way may hide (see `Patience.hidden_s`).
_HIDDEN = "hidden_s"


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """device: its name. directory: where it keeps everything. port 0: a free one. secret: of the relay.

    seed: of what is random in the device. settings: fields of `core.settings.Settings`, and hidden_s.
    """

    device: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    directory: str
    secret: str
    host: str = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 0
    seed: int = 0
    settings: dict[str, float] = {}


def read_config(values: Mapping[str, object]) -> Config:
    """Check a configuration. Raises ConfigError."""
    try:
        return msgspec.convert(dict(values), Config)
    except msgspec.ValidationError as error:
        raise ConfigError(f"The agent's configuration is wrong: {error}") from None


def device_settings(config: Config) -> tuple[Settings, Patience]:
    """Settings of the core, and the patience of its links. Raises ConfigError for names and values that cannot be."""
    known = {field.name: field.type for field in fields(Settings)}
    unknown = sorted(set(config.settings) - set(known) - {_HIDDEN})
    if unknown:
        raise ConfigError(f"Unknown settings: {', '.join(unknown)}. Known: {', '.join([*known, _HIDDEN])}.")
    values = {
        name: int(value) if known[name] == "int" else float(value)
        for name, value in config.settings.items()
        if name != _HIDDEN
    }
    try:
        settings = Settings(**values)  # type: ignore[arg-type]  # the fields are checked one by one
    except ValueError as error:
        raise ConfigError(str(error)) from None
    hidden = config.settings.get(_HIDDEN, Patience().hidden_s)
    return settings, Patience(settings.idle_timeout_s, hidden)
