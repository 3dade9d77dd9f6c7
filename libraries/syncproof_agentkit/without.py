"""What an adapter answers to requests of the agent protocol that mean nothing for its product.

Each class stands before `ClientAdapter` among the bases of an adapter.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import NoReturn

from syncproof_agentkit import requests
from syncproof_agentkit.errors import AgentError


def lacks(what: str) -> NoReturn:
    """Refuse. Raises AgentError 501."""
    raise AgentError(501, "unsupported", f"This product does not have {what}.")


class WithoutMarkers:
    """A product whose users mark nothing as read."""

    def marker(self, group: str) -> dict[str, object]:  # noqa: ARG002
        """GET /marker."""
        lacks("read markers")

    async def set_marker(self, wanted: requests.Marker) -> dict[str, object]:  # noqa: ARG002
        """PUT /marker."""
        lacks("read markers")


class WithoutAttachments:
    """A product that carries no files."""

    def blob(self, digest: str) -> Path:  # noqa: ARG002
        """GET /blobs/{digest}."""
        lacks("attachments")

    async def keep_blob(
        self,
        digest: str,  # noqa: ARG002
        chunks: AsyncIterator[bytes],  # noqa: ARG002
    ) -> tuple[bool, dict[str, object]]:
        """PUT /blobs/{digest}."""
        lacks("attachments")


class WithoutPause:
    """A product whose library has timers and a reader of its own, which no pause stops."""

    def set_pipeline(self, state: str) -> dict[str, object]:  # noqa: ARG002
        """POST /pipeline."""
        lacks("a pause")
