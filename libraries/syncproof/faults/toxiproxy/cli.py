"""The console command `toxiproxy-embedded`, with the flags of `toxiproxy-server`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence

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
    parser.add_argument(
        "-host",
        "--host",
        default="localhost",
        help="host for the API to listen on (localhost; empty: every interface)",
    )
    parser.add_argument(
        "-port", "--port", type=_port, default=8474, help="port for the API (8474; 0: any free one)"
    )
    parser.add_argument("-config", "--config", default=None, help="JSON file of proxies to create on startup")
    parser.add_argument(
        "-seed", "--seed", type=int, default=None, help="seed of everything random (a new one)"
    )
    parser.add_argument(
        "-proxy-metrics", "--proxy-metrics", action="store_true", help="serve GET /metrics for Prometheus"
    )
    parser.add_argument(
        "-runtime-metrics",
        "--runtime-metrics",
        action="store_true",
        help="accepted; there are no Go metrics to show",
    )
    parser.add_argument("-version", "--version", action="store_true", help="print the version")
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
