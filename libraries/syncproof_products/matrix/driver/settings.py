"""Settings of a run on Matrix alone."""

from __future__ import annotations

from syncproof.kernel.setting import Needs, Setting, text, url
from syncproof.systems.declared import STACK, SYSTEM

_MATRIX = Needs(SYSTEM, ("matrix", "matrix-encrypted"))
HOMESERVER_URL = Setting(
    "HOMESERVER_URL",
    url("http://127.0.0.1:8008", "http"),
    "",
    "a homeserver that runs already, by plain http",
    otherwise="one of the run's own",
    page="docs/case-study-matrix.md",
    needs=(_MATRIX,),
)
HOMESERVER_SECRET = Setting(
    "HOMESERVER_SECRET",
    text("text"),
    "",
    "the registration secret of that homeserver",
    needs=(_MATRIX, Needs(HOMESERVER_URL, why="name the homeserver as well")),
    secret=True,
)
HOMESERVER_DATABASE = Setting(
    "HOMESERVER_DATABASE",
    url("postgresql://role:password@127.0.0.1:5432", "postgresql", "postgres"),
    "",
    "the PostgreSQL server for the run's own homeserver",
    otherwise="SQLite",
    needs=(
        Needs(SYSTEM, ("matrix",)),
        Needs(STACK, ("embedded",)),
        Needs(HOMESERVER_URL, absent=True, why="it is for a homeserver of the run's own"),
    ),
    secret=True,
)
SETTINGS = (HOMESERVER_URL, HOMESERVER_SECRET, HOMESERVER_DATABASE)
