"""The order in which a system promises to deliver; each promises what stands before it, too."""

from __future__ import annotations

from typing import Literal

Order = Literal["none", "sender", "causal", "total"]
