"""The console command `toxiproxy-embedded`, with the flags of `toxiproxy-server`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from .address import Address
from .api import VERSION
from .main import StartError, run


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="toxiproxy-embedded",
        description=f"A Toxiproxy server (HTTP API v{VERSION}) in Python. Flags take one dash or two.",
        allow_abbrev=False,
        add_help=False,
    )
    parser.add_argument("-h", "-help", "--help", action="help", help="print this")

    def flag(name: str, explanation: str, **how: Any) -> None:
        parser.add_argument(f"-{name}", f"--{name}", help=explanation, **how)

    flag("host", "host for the API to listen on (localhost; empty: every interface)", default="localhost")
    flag("port", "port for the API (8474; 0: any free one)", type=_port, default=8474)
    flag("config", "JSON file of proxies, with their toxics, to create on startup")
    flag("seed", "seed of everything random (a new one)", type=int)
    flag("proxy-metrics", "serve GET /metrics for Prometheus", action="store_true")
    flag("runtime-metrics", "accepted; there are no Go metrics to show", action="store_true")
    flag("version", "print the version", action="store_true")
    return parser


def _port(text: str) -> int:
    if not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"'{text}' is not a port: expected a number from 0 to 65535")
    return int(text)


def _say_where(ready: Mapping[str, object]) -> None:
    print(f"listening on http://{Address(str(ready['host']), int(str(ready['port'])))}", flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or Ctrl-C. Returns the exit status: 0, 1 if the server cannot start, 2 for a wrong
    flag.
    """
    flags = _parser().parse_args(arguments)
    if flags.version:
        print(f"toxiproxy-embedded version {VERSION}")
        return 0
    config: Mapping[str, object] = {
        "host": flags.host,
        "port": flags.port,
        "seed": flags.seed,
        "config": flags.config,
        "metrics": flags.proxy_metrics or flags.runtime_metrics,
    }
    try:
        run(config, _say_where)
    except StartError as error:
        print(f"toxiproxy-embedded: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
