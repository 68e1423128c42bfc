"""Show programs running: a live bar on a terminal, else one plain line an event."""

import math
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from statistics import mean
from typing import Any

from measured.run.process import Run
from measured.run.runner import Runner


class Display(ExitStack):
    """What Runner.run calls, as a context manager. say: prints a line without a bar."""

    def __init__(
        self, runner: Runner, say: Callable[[str], object], console: Any = None
    ) -> None:
        super().__init__()
        self.runner, self.say, self.console = runner, say, console
        self.bar: Any = None
        self.total = 0

    def __call__(
        self,
        line: str | None = None,
        runs: Sequence[Run] = (),
        waiting: Sequence[str] = (),
    ) -> None:
        """line: an event, or None at a tick, which tells what runs and what waits."""
        if line:
            self.say(line)
        elif self.console or sys.stderr.isatty():
            self.bar = self.bar or self.start()
            left = len(runs) + len(waiting)
            self.total = max(self.total, left)
            self.bar.update(
                self.bar.task_ids[0],
                description=f"{', '.join(run.name for run in runs)}"
                f" [{left} left, {self.estimate(runs, waiting)}]",
                total=self.total,
                completed=self.total - left,
            )

    def start(self) -> Any:
        from rich.console import Console  # takes as long to import as a page to build
        from rich.progress import BarColumn, Progress, TextColumn

        console = self.console or Console(stderr=True)
        text = TextColumn("{task.description}", markup=False)
        bar = Progress(BarColumn(), text, console=console, transient=True)
        bar.add_task("")
        self.say = console.print
        return self.enter_context(bar)

    def estimate(self, runs: Sequence[Run], waiting: Sequence[str]) -> str:
        """The time left, from earlier durations; a new program counts as average."""
        ran = {run.name: run.seconds for run in runs} | dict.fromkeys(waiting, 0)
        times = [self.runner.store.expect(name) - ran[name] for name in ran]
        known = [max(time, 0) for time in times if time < math.inf]
        if not known:
            return "time unknown"
        return f"about {mean(known) * len(times) / self.runner.workers:.0f} s"
