"""By which digests the server knows an attachment: in its requests it stands by these."""

from __future__ import annotations

from syncproof.evidence.history import History


def addresses(history: History, digest: str) -> frozenset[str]:
    """Its own, and those of what was made of it where it is sealed."""
    return frozenset(
        [
            digest,
            *(
                str(note.fields["address"])
                for note in history.notes("stored_as")
                if note.fields["digest"] == digest
            ),
        ]
    )
