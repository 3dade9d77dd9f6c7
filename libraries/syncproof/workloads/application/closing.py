"""A process that ends because its user closes the application."""

from __future__ import annotations

from syncproof.faults.program import Program


class Closed:
    """A program that has ended by itself: as a fault sees it, there is nothing left to kill."""

    def __init__(self, program: Program) -> None:
        self._program = program

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._program.pid

    def alive(self) -> bool:
        """Whether it runs: after it was started again."""
        return self._program.alive()

    def kill(self) -> None:
        """It has ended already."""

    def suspend(self) -> None:
        """Stop it."""
        self._program.suspend()

    def resume(self) -> None:
        """Let it go on."""
        self._program.resume()
