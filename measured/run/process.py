"""A program at work in a process of its own, and what it leaves."""

import json
import re
import shutil
import signal
import time
from pathlib import Path
from typing import Any

from measured.run import child
from measured.run.program import Listing

OUTPUT_LIMIT = 100_000  # bytes printed
SENTINEL = "#010203"  # matplotlibrc's text color
PALETTE = (
    "<style>:root{color:#1f2328}"
    "@media(prefers-color-scheme:dark){:root{color:#dfe2e8}}</style>"
)
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]")


class Run:
    """A program at work.

    source: its file in the project. folder: holds `work`, where it runs, and `result`.
    """

    def __init__(
        self,
        key: str,
        listing: Listing,
        source: Path,
        folder: Path,
        context: Any,
    ) -> None:
        self.name, self.key, self.folder = source.stem, key, folder
        self.listing, self.source = listing, source
        shutil.rmtree(folder, ignore_errors=True)
        for part in ("work", "result"):
            (folder / part).mkdir(parents=True)
        is_lab = source.suffix == ".ipynb"
        self.file = folder / ("lab.ipynb" if is_lab else "result/program.py")
        self.file.write_text(listing.text, "utf-8", newline="\n")
        arguments = str(self.file), str(folder), listing.seeder, listing.hidden
        self.process = context.Process(target=child.main, args=arguments)
        self.process.start()
        self.start = time.monotonic()

    @property
    def seconds(self) -> float:
        """Time since it was started."""
        return round(time.monotonic() - self.start, 2)

    def end(self) -> int:
        """Stop the program and all that it started; its exit status."""
        child.kill_tree(self.process.pid)  # or, of one that has ended, what it left
        self.process.join()
        return self.process.exitcode

    def explain(self, status: int) -> tuple[int, str]:
        """(line, cause) of a program that ended and failed, else (0, "")."""
        if (self.folder / "reason").exists():
            return self.read_reason()
        if status < 0:
            return 0, f"it was ended by {signal.Signals(-status).name}"
        if not (self.folder / "result" / "values.json").exists():
            return 0, f"it ended with status {status} before its last line"
        own = f"{self.name}.svg"
        figures = {path.name for path in (self.folder / "work").glob("*.svg")}
        if others := ", ".join(sorted(figures - {own})):
            return 0, f"it drew {others}: a program draws one figure, {own}"
        if (size := (self.folder / "output").stat().st_size) > OUTPUT_LIMIT:
            limit = f"a page shows at most {OUTPUT_LIMIT:,}"
            return 0, f"it printed {size:,} bytes: {limit}"
        return 0, ""

    def read_reason(self) -> tuple[int, str]:
        """(line, cause) as its process wrote them, at lines of the sources."""
        try:
            reason = json.loads((self.folder / "reason").read_text("utf-8"))
        except ValueError:
            return 0, "it could not even write why: is the disk full?"
        origins = [self.listing.origins[line - 1] for line in reason["lines"]]
        lines = [line for path, line in origins if path == self.source]
        text = re.sub(  # lines of the running file
            rf'File "{re.escape(str(self.file))}", line (\d+)',
            lambda m: 'File "{}", line {}'.format(*self.listing.origins[int(m[1]) - 1]),
            CONTROL.sub("", reason["text"]),
        )
        return (lines or [0])[-1], text

    def collect(self) -> Path:
        """Put all that a page may show into the folder `result`."""
        result = self.folder / "result"
        output = (self.folder / "output").read_bytes().decode(errors="replace")
        (result / "output.txt").write_text(clean_output(output), "utf-8")
        for figure in (self.folder / "work").glob("*.svg"):
            drawing = follow_palette(figure.read_text("utf-8"))
            (result / figure.name).write_text(drawing, "utf-8")
        return result


def clean_output(output: str) -> str:
    """Printed output without terminal control codes and Keras' progress lines."""
    lines = CONTROL.sub("", output.replace("\r\n", "\n")).split("\n")
    return "\n".join(line.rstrip() for line in lines if "━" not in line).strip("\n")


def follow_palette(svg: str) -> str:
    """The figure with its text in the color of the page's palette, light or dark."""
    start = svg.find(">", svg.find("<svg ")) + 1
    return f"{svg[:start]}{PALETTE}{svg[start:]}".replace(SENTINEL, "currentColor")
