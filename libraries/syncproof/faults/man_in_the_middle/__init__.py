"""A man in the middle of two devices: passes on what they tell the relay, and swaps the keys of their verification."""

from typing import Literal

#: What it does. early: agrees on a secret with each of the two, by a key that it commits to: their strings differ.
#: late: passes the commitment on, so that it may choose its key when it has seen theirs: whoever asked notices.
#: identity: leaves the secret alone and swaps only the identity keys that follow: they are not authenticated.
How = Literal["early", "late", "identity"]

#: Asked of it by the harness, and answered by it alone: whom it has deceived so far.
DECEIVED_PATH = "/deceived"
