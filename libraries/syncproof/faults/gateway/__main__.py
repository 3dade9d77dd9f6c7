"""`python -m syncproof.faults.gateway --config FILE`: for where no launcher forks it, as in a container."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from .main import run

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m syncproof.faults.gateway")
    parser.add_argument("--config", required=True, type=Path, help="JSON file: host, port")
    given = json.loads(parser.parse_args().config.read_text())
    run(given, lambda where: print(json.dumps(where), flush=True))
