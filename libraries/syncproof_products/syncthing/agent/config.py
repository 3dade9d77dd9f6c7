"""The configuration of a device's process."""

from __future__ import annotations

from typing import Annotated

import msgspec

from syncproof_agentkit.config import AgentConfig

_Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]


class Config(AgentConfig, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """program: `syncthing`, by its name or path. peer_port, rest_port: where it listens for others, and for its agent.

    versions: the directory in which devices write down which version of a file is of which operation.
    """

    program: str = "syncthing"
    peer_port: _Port
    rest_port: _Port
    versions: Annotated[str, msgspec.Meta(min_length=1)]
