"""Claims tried on seeds by which none of them was chosen, and the record of it."""

import json
import math
from collections.abc import Mapping
from dataclasses import replace

from measured.entries import Entries
from measured.run.store import Result
from measured.text.claims import Claim, Results, Trial, compare, find_result

Fresh = Mapping[str, list[Result]]  # of each program: on fresh seeds, or on one each


class Record(Entries):
    """The trials of a project's claims, in a file that is kept with its sources."""

    def find(self, claim: Claim, sources: Mapping[str, str]) -> Trial | None:
        """The claim's trial, if there is one that fits.

        sources: program -> its text as it runs.
        """
        found = self.find_entry(name_claim(claim), choose_sources(claim, sources))
        return Trial(found["held"], found["of"], found["same"]) if found else None

    def keep(self, claim: Claim, sources: Mapping[str, str], trial: Trial) -> None:
        """Put the trial in place of an older one, and write the file."""
        own = choose_sources(claim, sources)
        self.keep_entry(name_claim(claim), own, trial._asdict())

    def drop_others(self, claims: list[Claim]) -> None:
        """Forget what was tried of claims that are no more."""
        self.keep_only(list(map(name_claim, claims)))


def name_claim(claim: Claim) -> str:
    return f"{claim.page}: {claim.text}"


def choose_sources(claim: Claim, sources: Mapping[str, str]) -> dict[str, str]:
    """Those of the programs that a claim compares."""
    return {name: sources[name] for name in claim.programs if name in sources}


def split_seeds(result: Result, size: int) -> list[Result]:
    """What a program would have found on each group of so many of its seeds.

    What is no number per seed is the same in all.
    """
    lists = [value for value in result.values.values() if isinstance(value, list)]
    count = max(map(len, lists), default=size)
    return [
        replace(result, files={"values.json": take(result, count, start, size)})
        for start in range(0, count - size + 1, size)
    ]


def take(result: Result, count: int, start: int, size: int) -> bytes:
    """values.json of some seeds of so many."""
    values = {
        name: value[start : start + size] if is_list(value, count) else value
        for name, value in result.values.items()
    }
    return json.dumps(values).encode()


def is_list(value: object, count: int) -> bool:
    return isinstance(value, list) and len(value) == count


def count_seeds(result: Result) -> int:
    """How many seeds a program has: 1 where no value is told for each."""
    lists = [value for value in result.values.values() if isinstance(value, list)]
    return max(map(len, lists), default=1)


def try_claim(claim: Claim, own: Results, fresh: Fresh) -> Trial:
    """The claim on each group of fresh seeds, as large as its own group was.

    own: program -> what it found on its own seeds.
    """
    sizes = {name: count_seeds(find_result(name, own)) for name in claim.programs}
    parts = {
        name: fresh[name]
        if len(fresh[name]) > 1
        else split_seeds(fresh[name][0], sizes[name])
        for name in claim.programs
    }
    size, groups = max(sizes.values()), max(map(len, parts.values()))
    found = []
    for number in range(groups):
        results = {name: each[number % len(each)] for name, each in parts.items()}
        found.append(replace(claim, terms=compare(claim.text, results)[0]))
    held = sum(each.holds for each in found)
    same = all(are_same(claim, each) for each in found)
    return Trial(held * size, groups * size, same)


def are_same(own: Claim, fresh: Claim) -> bool:
    """Whether both compare the same numbers, but for rounding."""
    return all(
        math.isclose(a, b, rel_tol=1e-5)
        for (_, a, _), (_, b, _) in zip(own.terms, fresh.terms)
    )
