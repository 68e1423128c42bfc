"""Programs run while the site is served, and pages are rebuilt as results land."""

import logging
import threading
import time
from pathlib import Path
from typing import Any

from measured import SiteError
from measured.run.runner import Runner

GROUP = 15  # seconds in which results that land are shown together


class Background:
    """Runs what is stale in a thread.

    landed: the file that is touched when results have landed.
    """

    def __init__(self, landed: Path, log: logging.Logger) -> None:
        self.landed, self.log = landed, log
        self.thread: threading.Thread | None = None

    def start(self, runner: Runner) -> None:
        """Run what is stale, if anything is and nothing runs yet."""
        if runner.stale() and not (self.thread and self.thread.is_alive()):
            self.thread = threading.Thread(
                target=self.refresh, args=(runner,), daemon=True
            )
            self.thread.start()

    def join(self, seconds: float) -> None:
        """Wait for what runs, but not longer."""
        if self.thread:
            self.thread.join(seconds)

    def refresh(self, runner: Runner) -> None:
        """Run what is stale; touch `landed` as results land, for many at a time."""
        since, shown = time.monotonic(), len(runner.stale())

        def show(line: str | None = None, runs: Any = (), waiting: Any = ()) -> None:
            nonlocal shown, since
            left, now = len(runs) + len(waiting), time.monotonic()
            if line:
                self.log.info(line)
            elif left != shown and (now - since > GROUP or not runs):
                shown, since = left, now
                self.landed.touch()

        try:
            runner.run(show=show)
        except SiteError as error:
            self.log.error(error)
        show()
