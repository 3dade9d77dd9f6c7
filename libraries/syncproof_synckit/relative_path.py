"""Paths of files in a shared folder, as they come from others."""

from __future__ import annotations

from typing import Annotated

import msgspec

#: Relative to the folder, and never out of it: no part is `.` or `..`. (`$` and `.` would let a newline through.)
RelativePath = Annotated[
    str, msgspec.Meta(min_length=1, max_length=4096, pattern=r"(?s)\A(?!/)(?!(.*/)?\.{1,2}(/|\Z))[^\x00]+\Z")
]
