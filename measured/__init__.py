"""Run the programs once, keep their results, check what the pages say of them, typeset the maths. No MkDocs in here."""

import sys
from dataclasses import dataclass


class SiteError(Exception):
    """What an author has to mend: one message, or a list of faults."""

    @property
    def faults(self):
        return self.args[0] if isinstance(self.args[0], list) else [Fault("", 0, self.args[0])]

    def __str__(self):
        return "\n".join(map(str, self.faults))


@dataclass(frozen=True, order=True)
class Fault:
    """One thing to mend. file: relative to the project; line: 0 where there is none; message: cause and remedy."""

    file: str
    line: int
    message: str

    def __str__(self):
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message}" if place else self.message


if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    found = ".".join(map(str, sys.version_info[:2]))
    sys.exit(f"This needs Python 3.11, 3.12 or 3.13; this is {found}. Let make find one: make serve PYTHON=/path/to/it")
