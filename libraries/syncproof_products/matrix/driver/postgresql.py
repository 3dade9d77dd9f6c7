"""A database for a Synapse on a PostgreSQL server that the run names: made for the run, and dropped with it."""

from __future__ import annotations

import importlib
import os
import re
import secrets
from typing import Any
from urllib.parse import unquote

from syncproof.systems import urls
from syncproof.systems.errors import SystemNotThere

#: Connections of a Synapse; ten would be its own choice for a homeserver of some size.
_CONNECTIONS = {"cp_min": 1, "cp_max": 5}


class PostgresDatabase:
    """One run's database on the server at `url`, like `postgresql://role:password@127.0.0.1:5432`.

    The role must be one that may create databases. Raises SystemNotThere where it may not, or nobody answers.
    """

    def __init__(self, url: str) -> None:
        self._url = re.sub(r"(//[^:/@]*):.*@", r"\1:...@", url)  # of what is shown, the password is no part
        parts = urls.read(
            url,
            ("postgresql", "postgres"),
            f"HOMESERVER_DATABASE is '{self._url}': it must be like postgresql://role:password@127.0.0.1:5432.",
        )
        self._server: dict[str, object] = {"host": parts.hostname, "port": parts.port or 5432}
        for name, value in (("user", parts.username), ("password", parts.password)):
            if value:
                self._server[name] = unquote(value)
        self._first = parts.path.strip("/") or "postgres"
        self.name = f"syncproof_{os.getpid()}_{secrets.token_hex(4)}"
        # Synapse refuses a database that sorts by anybody's language.
        self._execute(f"CREATE DATABASE {self.name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")

    def section(self) -> dict[str, object]:
        """What Synapse's configuration says of it."""
        return {"name": "psycopg2", "args": {**self._server, "dbname": self.name, **_CONNECTIONS}}

    def drop(self) -> None:
        """Take it away, whoever is still connected."""
        self._execute(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")

    def _execute(self, statement: str) -> None:
        try:
            psycopg2: Any = importlib.import_module("psycopg2")
        except ImportError:
            raise SystemNotThere(
                "HOMESERVER_DATABASE needs the package psycopg2: `pip install -e '.[postgresql]'`."
            ) from None
        try:
            connection = psycopg2.connect(**self._server, dbname=self._first, connect_timeout=10)
            try:
                connection.autocommit = True  # PostgreSQL makes no database in a transaction
                connection.cursor().execute(statement)
            finally:
                connection.close()
        except psycopg2.Error as wrong:
            raise SystemNotThere(f"HOMESERVER_DATABASE is '{self._url}'. {str(wrong).strip()}") from None
