"""`syncproof_products.peers.simulation --peers 4 --days 30 --seed 1`: a JSON object a line, see `peer.Tell`."""

from __future__ import annotations

import argparse
import io
import json
import sys

from syncproof_products.peers.simulation.life import live


def main() -> None:
    """Let peers live, and say what happens."""
    parser = argparse.ArgumentParser(prog="syncproof_products.peers.simulation", description=__doc__)
    parser.add_argument("--peers", type=int, default=4, help="how many")
    parser.add_argument("--days", type=float, default=30.0, help="for how long, in virtual time")
    parser.add_argument("--seed", type=int, default=1, help="of all that happens by chance")
    wanted = parser.parse_args()
    assert isinstance(sys.stdout, io.TextIOWrapper)
    sys.stdout.reconfigure(line_buffering=True)  # whoever writes to stderr writes between two lines

    def tell(at: float, what: str, peer: str, **more: object) -> None:
        print(json.dumps({"at": round(at, 3), "what": what, "peer": peer, **more}))

    live(wanted.peers, wanted.days, wanted.seed, tell)


if __name__ == "__main__":
    main()
