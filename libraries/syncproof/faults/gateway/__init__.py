"""A gateway between devices and their server that does not reach the server any more, and says so in its place."""

from typing import Final

#: Asked of it by the harness: from then on it answers whatever else is asked with `STATUS` and a page of its own.
CLOSED_PATH: Final = "/gateway-closed"
STATUS: Final = 502
