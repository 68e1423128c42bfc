"""Show programs running: a live bar on a terminal, one plain line an event otherwise."""

import math
import sys


class Display:
    """What Runner.run calls, as a context manager. say: prints a line while there is no bar."""

    def __init__(self, runner, say, console=None):
        self.runner, self.say, self.console, self.bar, self.total = runner, say, console, None, 0

    def __enter__(self):
        return self

    def __exit__(self, *error):
        if self.bar:
            self.bar.stop()

    def __call__(self, line=None, runs=(), waiting=()):
        """line: an event, or None at a tick, which tells what runs and what waits."""
        if line:
            self.say(line)
        elif self.console or sys.stderr.isatty():
            self.bar = self.bar or self.start()
            todo, names = len(runs) + len(waiting), ", ".join(run.name for run in runs)
            self.total = max(self.total, todo)
            self.bar.update(
                self.bar.task_ids[0],
                description=f"{names} [{todo} left, {self.left(runs, waiting)}]",
                total=self.total,
                completed=self.total - todo,
            )

    def start(self):
        from rich.console import Console  # takes as long to import as a page to build
        from rich.progress import BarColumn, Progress, TextColumn

        console = self.console or Console(stderr=True)
        bar = Progress(BarColumn(), TextColumn("{task.description}", markup=False), console=console, transient=True)
        bar.add_task("")
        bar.start()
        self.say = console.print
        return bar

    def left(self, runs, waiting):
        """The time left, from earlier durations; new programs count as the average of the others."""
        times = [self.runner.expected(run.name) - run.seconds for run in runs] + [
            self.runner.expected(n) for n in waiting
        ]
        known = [max(time, 0) for time in times if time < math.inf]
        if not known:
            return "time unknown"
        return f"about {sum(known) / len(known) * len(times) / self.runner.workers:.0f} s"
