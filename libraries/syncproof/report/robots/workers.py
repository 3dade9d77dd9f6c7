"""Several robot processes that share tests to run; one that hangs or ends holds up nothing."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from types import TracebackType
from typing import Self

from syncproof.report.robots.worker import Done, Job, run

#: So many tasks in containers run at a time: they cost more processor time than processes do.
_IN_CONTAINERS = 3
#: Tasks of so many devices in all run at a time, one of more alone: with many of twelve devices at once none is ready
#: within its time.
_DEVICES = 40
#: A process that was asked to end has so long to tidy up. Seconds.
_GRACE_S = 15.0
_SPAWN = multiprocessing.get_context("spawn")


@dataclass(frozen=True)
class Task:
    """A job and the variables of the run that it needs; a process has one set of them for all its jobs.

    devices: how many it starts.
    """

    job: Job
    variables: tuple[tuple[str, str], ...]
    devices: int = 0

    @property
    def in_containers(self) -> bool:
        """Whether what it starts runs in containers."""
        return ("STACK", "compose") in self.variables


@dataclass(frozen=True)
class Lost:
    """No result of a task, and why. hung: its process was ended, because it took too long."""

    reason: str
    hung: bool = False


class Worker:
    """A robot process and the line to it. folder: of its results; it may not be there yet."""

    def __init__(self, folder: Path, variables: tuple[tuple[str, str], ...], noted: str) -> None:
        self.folder, self.variables = folder, variables
        self.line, theirs = _SPAWN.Pipe()
        self._process = _SPAWN.Process(
            target=run, args=(theirs, folder, dict(variables), noted), name=folder.name
        )
        self._process.start()
        theirs.close()

    def alive(self) -> bool:
        """Whether its process runs."""
        return self._process.is_alive()

    def last_words(self) -> str:
        """How it ended by itself, and the end of what it said."""
        self._process.join(_GRACE_S)
        log = self.folder / "robot.log"
        said = log.read_text(errors="replace").strip()[-300:] if log.exists() else ""
        return f"robot ended by itself (exit status {self._process.exitcode}); it said: {said or 'nothing'}"

    def end(self, *, at_once: bool = False) -> None:
        """Have it end after its job, or in the middle of it; by force where it does not."""
        self.line.close()
        if at_once:
            self._process.terminate()
        self._process.join(_GRACE_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


class Workers:
    """Use as a context manager: whoever still runs at its end is ended.

    results: the folder for a folder of each process. processes: how many at a time. patience_s: seconds that a task may
    take. noted: the name of a file beside output.xml whose text, where a test writes it, is part of what it left.
    """

    def __init__(self, results: Path, processes: int, patience_s: float, noted: str = "") -> None:
        self._results, self._processes, self.patience_s, self._noted = results, processes, patience_s, noted
        self._started = 0
        self._idle: list[Worker] = []
        self._leaving: list[Worker] = []
        self._busy: dict[Connection, tuple[int, Worker, float]] = {}

    def run(self, tasks: Sequence[Task]) -> list[tuple[Done | Lost, Path]]:
        """What became of each task, and the folder of the process that had it."""
        answers = {index: (answer, folder) for index, answer, folder in self.each(tasks)}
        return [answers[index] for index in range(len(tasks))]

    def each(self, tasks: Sequence[Task]) -> Iterator[tuple[int, Done | Lost, Path]]:
        """The number of each task as it is over, what became of it, and the folder of the process that had it.

        They are begun in this order, but that one in containers, or of many devices, lets others pass while as many
        run as may.
        """
        queue = [*enumerate(tasks)]
        while queue or self._busy:
            while len(self._busy) < self._processes and (fitting := self._fitting(queue, tasks)) is not None:
                index, task = queue.pop(fitting)
                worker = self._worker(task.variables)
                worker.line.send(task.job)
                self._busy[worker.line] = (index, worker, time.monotonic() + self.patience_s)
            first = min(deadline for _, _, deadline in self._busy.values())
            for line in wait(list(self._busy), max(0.0, first - time.monotonic())):
                assert isinstance(line, Connection)
                index, worker, _ = self._busy.pop(line)
                answer = self._answer(worker)
                if isinstance(answer, Done) and answer.stopped:
                    queue.insert(0, (index, tasks[index]))  # it was not run; another process takes it
                else:
                    yield index, answer, worker.folder
            for line, (index, worker, deadline) in list(self._busy.items()):
                if time.monotonic() >= deadline:
                    del self._busy[line]
                    worker.end(at_once=True)
                    yield index, Lost(f"it was ended after {self.patience_s:g} s", hung=True), worker.folder

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for _, worker, _ in self._busy.values():
            worker.end(at_once=True)
        for worker in self._idle:
            self._send_away(worker)  # all of them tidy up at once
        for worker in self._leaving:
            worker.end()

    def _fitting(self, queue: Sequence[tuple[int, Task]], tasks: Sequence[Task]) -> int | None:
        """The place in the queue of the first task that may begin now."""
        running = [tasks[index] for index, _, _ in self._busy.values()]
        in_containers = sum(task.in_containers for task in running)
        devices = sum(task.devices for task in running)
        return next(
            (
                place
                for place, (_, task) in enumerate(queue)
                if (not task.in_containers or in_containers < _IN_CONTAINERS)
                and (not running or devices + task.devices <= _DEVICES)
            ),
            None,
        )

    def _worker(self, variables: tuple[tuple[str, str], ...]) -> Worker:
        """One that is idle and has these variables, else a new one in the place of one that has others."""
        self._idle = [worker for worker in self._idle if worker.alive()]
        fitting = [worker for worker in self._idle if worker.variables == variables]
        if fitting:
            self._idle.remove(fitting[0])
            return fitting[0]
        if len(self._idle) + len(self._busy) >= self._processes:
            self._send_away(self._idle.pop())
        self._started += 1
        return Worker(self._results / f"worker-{self._started}", variables, self._noted)

    def _send_away(self, worker: Worker) -> None:
        """Have it end by itself: nobody waits for that while others have answers."""
        worker.line.close()
        self._leaving.append(worker)

    def _answer(self, worker: Worker) -> Done | Lost:
        try:
            done: Done = worker.line.recv()
        except (EOFError, ConnectionError):
            lost = Lost(worker.last_words())
            worker.end()
            return lost
        if done.stopped:
            worker.end()
        else:
            self._idle.append(worker)
        return done
