"""Show programs running: a live bar on a terminal, one plain line an event otherwise."""

import math

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn


class Display:
    """What Runner.run calls, as a context manager. say: prints a line where there is no terminal."""

    def __init__(self, runner, say, console=None):
        console = console or Console(stderr=True)
        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[left]}")
        self.bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self.say = self.bar.console.print if console.is_terminal else say
        self.runner, self.task, self.total = runner, None, 0

    def __enter__(self):
        self.bar.start()
        self.task = self.bar.add_task("", left="")
        return self

    def __exit__(self, *error):
        self.bar.stop()

    def __call__(self, line=None, runs=(), waiting=()):
        """line: an event, or None at a tick, which tells what runs and what waits."""
        if line:
            return self.say(line)
        todo = len(runs) + len(waiting)
        self.total = max(self.total, todo)
        names = ", ".join(run.name for run in runs)
        self.bar.update(
            self.task, description=names, total=self.total, completed=self.total - todo, left=self.left(runs, waiting)
        )

    def left(self, runs, waiting):
        """The time left, from earlier durations; new programs count as the average of the others."""
        times = [self.runner.expected(run.name) - run.seconds for run in runs] + [
            self.runner.expected(n) for n in waiting
        ]
        known = [max(time, 0) for time in times if time < math.inf]
        if not known:
            return "time left unknown"
        return f"about {sum(known) / len(known) * len(times) / self.runner.workers:.0f} s left"
