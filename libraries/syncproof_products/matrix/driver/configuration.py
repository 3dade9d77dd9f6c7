"""The configuration of a Synapse that talks to nobody but the devices of this machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SERVER_NAME = "syncproof.test"

#: More than any scenario asks for: what is limited here would be measured instead of the fault.
_UNLIMITED = {"per_second": 100_000, "burst_count": 100_000}


def homeserver(secret: str, database: Mapping[str, object] | None = None) -> dict[str, object]:
    """What `homeserver.yaml` says, but for where it listens. Paths are relative to the folder that Synapse runs in.

    secret: of the shared-secret registration. database: Synapse's `database` section, default SQLite in that folder.
    """
    return {
        "server_name": SERVER_NAME,
        "public_baseurl": f"http://{SERVER_NAME}/",
        "pid_file": "homeserver.pid",
        "database": dict(database or {"name": "sqlite3", "args": {"database": "homeserver.db"}}),
        "media_store_path": "media",
        "signing_key_path": "signing.key",
        "log_config": "log.yaml",
        "registration_shared_secret": secret,
        "macaroon_secret_key": secret,
        "form_secret": secret,
        "report_stats": False,
        # Nobody is asked and nobody is told: no other server, no identity server, no push gateway.
        "trusted_key_servers": [],
        "suppress_key_server_warning": True,
        "federation_domain_whitelist": [],
        "presence": {"enabled": False},
        "push": {"enabled": False},
        "user_directory": {"enabled": False},
        "url_preview_enabled": False,
        "enable_registration": False,
        "bcrypt_rounds": 4,
        "max_upload_size": "100M",
        "rc_message": _UNLIMITED,
        "rc_registration": _UNLIMITED,
        "rc_login": dict.fromkeys(("address", "account", "failed_attempts"), _UNLIMITED),
        "rc_admin_redaction": _UNLIMITED,
        "rc_joins": {"local": _UNLIMITED, "remote": _UNLIMITED},
        "rc_joins_per_room": _UNLIMITED,
        "rc_invites": dict.fromkeys(("per_room", "per_user", "per_issuer"), _UNLIMITED),
        "rc_room_creation": _UNLIMITED,
        "rc_media_create": _UNLIMITED,
    }


def text(config: Mapping[str, Any]) -> str:
    """The file `homeserver.yaml` (JSON is YAML) of a program with this configuration: `homeserver`, `host`, `port`."""
    listener = {
        "port": config["port"],
        "bind_addresses": [config["host"]],
        "type": "http",
        "tls": False,
        "resources": [{"names": ["client"], "compress": False}],
    }
    return json.dumps({**config["homeserver"], "listeners": [listener]}, indent=1)


def write_logging(directory: Path) -> None:
    """Write what Synapse is to log, to stderr."""
    logs = {
        "version": 1,
        "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
        # A line for every request would cost more than the request.
        "root": {"level": "WARNING", "handlers": ["stderr"]},
        "disable_existing_loggers": False,
    }
    (directory / "log.yaml").write_text(json.dumps(logs, indent=1))
