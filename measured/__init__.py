"""Makes a site measured: what it says is filled from runs and checked against them."""

import sys
from dataclasses import dataclass


class SiteError(Exception):
    """What an author has to mend: one message, or a list of faults."""

    @property
    def faults(self) -> list["Fault"]:
        """Each thing to mend."""
        what = self.args[0]
        return what if isinstance(what, list) else [Fault("", 0, what)]

    def __str__(self) -> str:
        return "\n".join(map(str, self.faults))


@dataclass(frozen=True, order=True)
class Fault:
    """One thing to mend.

    file: relative to the project; line: 0 where there is none; message: cause and
    remedy.
    """

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message}" if place else self.message


if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    found = ".".join(map(str, sys.version_info[:2]))
    remedy = "Let make find one: make serve PYTHON=/path/to/it"
    sys.exit(f"This needs Python 3.11, 3.12 or 3.13; this is {found}. {remedy}")
