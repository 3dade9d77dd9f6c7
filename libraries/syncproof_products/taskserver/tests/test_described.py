"""The published description against the server, by requests that schemathesis makes of it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from syncproof_products.taskserver.server.app import Api
from syncproof_products.taskserver.server.settings import Settings
from syncproof_products.taskserver.server.store import Store

#: Requests are made of the description when this module is loaded; the folder goes with the process.
FOLDER = tempfile.TemporaryDirectory(prefix="described-")
APP = Api(Store(Path(FOLDER.name)), Settings(rate_limit=0)).app()
SCHEMA = schemathesis.openapi.from_asgi("/openapi.json", APP)


@SCHEMA.parametrize()
@settings(max_examples=6, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_the_server_does_what_its_description_says(case: Any) -> None:
    # What can be read may be refused all the same: a batch about tasks that there are not, a key of another request.
    case.call_and_validate(excluded_checks=[positive_data_acceptance])
