"""Paths of files in a shared folder, as they come from others."""

from __future__ import annotations

from typing import Annotated

import msgspec

_INSIDE = r"(?!/)(?!(.*/)?\.{1,2}(/|\Z))[^\x00]+"

#: Relative to the folder, and never out of it: no part is `.` or `..`. (`$` and `.` would let a newline through.)
RelativePath = Annotated[str, msgspec.Meta(min_length=1, max_length=4096, pattern=rf"(?s)\A{_INSIDE}\Z")]
#: The same, or "" for no file.
RelativePathOrNone = Annotated[str, msgspec.Meta(max_length=4096, pattern=rf"(?s)\A({_INSIDE})?\Z")]
