"""`python -m syncproof.evidence.recorder --config FILE.json`: the recorder by hand."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from syncproof.evidence.recorder.main import run

parser = argparse.ArgumentParser(prog="python -m syncproof.evidence.recorder", description=run.__doc__)
parser.add_argument("--config", required=True, type=Path, help='JSON file: {"directory": "..."}')
run(json.loads(parser.parse_args().config.read_text()), lambda ready: print(json.dumps(ready), flush=True))
