"""What takes seconds to make is made once."""

import inspect
import os
from collections.abc import Callable
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

VERSIONS = [version(name) for name in ("fonttools", "brotli", "scour", "pillow")]


def recall(cache: Path, make: Callable[..., bytes], *arguments: object) -> bytes:
    """What the function makes of the arguments, from the cache once it is there."""
    how = sha256(Path(inspect.getfile(make)).read_bytes()).hexdigest()
    facts = repr((VERSIONS, how, make.__name__, arguments))
    known = cache / sha256(facts.encode()).hexdigest()[:24]
    if not known.exists():
        cache.mkdir(parents=True, exist_ok=True)
        part = known.with_name(f"{known.name}.{os.getpid()}")
        part.write_bytes(make(*arguments))
        part.rename(known)
    return known.read_bytes()
