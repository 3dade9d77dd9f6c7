"""Which systems there are, by the name that a run gives as SYSTEM."""

from __future__ import annotations

from collections.abc import Sequence

from syncproof.systems.agent import Capabilities
from syncproof.systems.profile import BUNDLED, Profile
from syncproof.systems.stack import Stack
from syncproof.systems.system import System, SystemNotThere
from syncproof_products.bundled.driver.system import BundledSystem

SYSTEMS = ("bundled", "matrix", "matrix-encrypted")


def profile(name: str) -> Profile:
    """What must be known of the system of that name. Raises SystemNotThere for one that nobody knows."""
    if name not in SYSTEMS:
        raise SystemNotThere(f"SYSTEM is '{name}'. Known here: {', '.join(SYSTEMS)}.")
    if name == "bundled":
        return BUNDLED
    from syncproof_products.matrix.driver.profile import MATRIX, MATRIX_ENCRYPTED

    return MATRIX if name == "matrix" else MATRIX_ENCRYPTED


def capabilities(name: str) -> Capabilities:
    """What the system of that name can do by nature."""
    return profile(name).capabilities


def choose(
    name: str,
    stack: Stack,
    scale: float,
    defects: Sequence[str],
    homeserver: tuple[str, str] | None = None,
    database: str = "",
) -> System:
    """The system of that name, on a stack; nothing is started yet. Raises SystemNotThere.

    homeserver: URL and registration secret of a Matrix homeserver that is running already. database: URL of a
    PostgreSQL server for a Matrix homeserver of the run's own.
    """
    profile(name)  # refuses a name that nobody knows
    if name == "bundled":
        return BundledSystem(stack, BUNDLED, scale, defects)
    # Imported here: what it needs is nobody else's business.
    from syncproof_products.matrix.driver.system import MatrixSystem

    encrypted = name == "matrix-encrypted"
    return MatrixSystem(stack, scale, defects, homeserver, database, encrypted=encrypted)
