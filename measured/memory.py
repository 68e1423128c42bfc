"""What takes time, made once: kept on disk under a digest of all that it is made of."""

import os
import pickle
import sysconfig
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from measured.run.store import digest

T = TypeVar("T")
HERE = Path(__file__).parent
DAYS = 14  # what nothing has asked for so long is forgotten


class Memory:
    """A folder of what was made of what."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def makers(self) -> str:
        """This package as it is, and the names of all others, with their versions."""
        own = [
            path for path in sorted(HERE.rglob("*")) if path.suffix in (".py", ".js")
        ]
        others = Path(sysconfig.get_path("purelib")).glob("*.dist-info")
        names = sorted(path.name for path in others)
        return digest_all(*(path.read_bytes() for path in own), repr(names).encode())

    def recall(self, make: Callable[..., T], *arguments: Any, facts: Any = None) -> T:
        """What make gives for the arguments, or gave before for the same facts.

        facts: what the result depends on, with a repr that tells; else the arguments.
        """
        told = repr((make.__qualname__, arguments if facts is None else facts))
        known = self.folder / digest_all(self.makers.encode(), told.encode())
        with suppress(OSError):
            seal, _, content = known.read_bytes().partition(b"\n")
            if seal == digest(content).encode():  # whole
                os.utime(known)
                return pickle.loads(content)
        made = make(*arguments)
        with suppress(OSError):  # where nothing can be kept, all is made each time
            self.folder.mkdir(parents=True, exist_ok=True)
            part = known.with_name(f"{known.name}.{os.getpid()}")
            content = pickle.dumps(made)
            part.write_bytes(digest(content).encode() + b"\n" + content)
            part.rename(known)
        return made

    def forget(self) -> None:
        """Remove what has long been of no use."""
        for path in self.folder.glob("*"):
            with suppress(OSError):  # another build has removed it
                if time.time() - path.stat().st_mtime > DAYS * 86_400:
                    path.unlink()


def digest_all(*contents: bytes) -> str:
    """What tells whether all contents are the same."""
    return digest("".join(map(digest, contents)).encode())
