"""The process that becomes a Synapse: configuration in, `ready` when it answers."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from syncproof_products.matrix.driver import configuration

#: Seconds between two looks whether it listens already.
_LOOK_S = 0.02


def run(config: Mapping[str, object], ready: Callable[[Mapping[str, object]], None]) -> None:
    """Run Synapse until SIGTERM.

    config: `directory`, which holds its data, `homeserver` (see `configuration`), `host` and `port` (0: a free one).
    ready: called with host and port once it listens.
    """
    directory = Path(str(config["directory"]))
    os.chdir(directory)
    Path("homeserver.yaml").write_text(configuration.text(config))
    # Imported here, in the process that becomes it: the reactor belongs to one process and cannot be forked.
    homeserver: Any = importlib.import_module("synapse.app.homeserver")
    reactor: Any = importlib.import_module("twisted.internet.reactor")
    port: Any = importlib.import_module("twisted.internet.tcp").Port

    def look() -> None:
        ports = [reader for reader in reactor.getReaders() if isinstance(reader, port)]
        if ports:
            where = ports[0].getHost()
            ready({"host": where.host, "port": where.port})
        else:
            reactor.callLater(_LOOK_S, look)

    reactor.callWhenRunning(look)
    sys.argv = ["synapse", "--config-path", "homeserver.yaml"]
    homeserver.main()
