"""`check [PAGE ...]` runs stale programs and checks pages, `run [NAME ...]` runs some.

`fresh [PAGE ...]` checks pages on other seeds, at least twenty. `prose [PAGE ...]`
measures how pages read. `sweep NAME` runs a program on Dask at the scale that
sweeps.toml tells.
"""

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from mkdocs.config import load_config

from measured import SiteError
from measured.run.fresh import copy_with_fresh_seeds
from measured.run.progress import Display
from measured.run.runner import Runner
from measured.run.sweep import list_jobs, merge_values, read_sweep, run_sweep
from measured.text.claims import Claim
from measured.text.project import Project
from measured.text.reading import count_words, minutes, prose_faults, sentences
from measured.text.trials import try_claim


def main() -> None:
    """Do what the command line says; a fault is the exit's message."""
    parser = argparse.ArgumentParser(prog="python -m measured", description=__doc__)
    parser.add_argument("command", choices=list(COMMANDS))
    about = "pages (docs/x.md) to check, or programs to run; all without"
    parser.add_argument("names", nargs="*", help=about)
    of_sweep = parser.add_argument_group("sweep")
    about = "a Dask scheduler, as tcp://host:8786; without: this machine"
    of_sweep.add_argument("--cluster", metavar="ADDRESS", help=about)
    about = "another value of one of the program's constants"
    of_sweep.add_argument("--set", action="append", metavar="NAME=VALUE", help=about)
    about = "the program's own constants in place of those in sweeps.toml"
    of_sweep.add_argument("--small", action="store_true", help=about)
    arguments = parser.parse_args()
    names = [name.removeprefix("docs/") for name in arguments.names]
    act = COMMANDS[arguments.command]
    if act is sweep_programs:
        act = partial(act, arguments)
    try:
        plugin: Any = load_config("mkdocs.yml").plugins["measured"]
        act(Project(Path.cwd(), plugin.config.settings), names or None)
    except SiteError as error:
        sys.exit(str(error))


def run_programs(project: Project, names: list[str] | None) -> None:
    """Run what is stale of some programs, or of all, and print their values."""
    with Display(project.runner, print) as show:
        results = project.runner.results(names, show)
    for name, result in results.items():
        how = "reused" if result.reused else "ran"
        print(f"{name}: {how}, {result.seconds} s, {result.figures}")
        print("".join(f"  {key} = {x}\n" for key, x in result.values.items()), end="")


def check_pages(project: Project, uris: list[str] | None) -> None:
    """Check some pages, or all, and print what was measured of each claim, and how far
    it is from failing. Raises SiteError.
    """
    with Display(project.runner, print) as show:
        try:
            project.build(uris, show)
        finally:
            claims = (claim for page in project.pages for claim in page.claims)
            for claim in filter(None, claims):
                print(describe(claim))


def describe(claim: Claim) -> str:
    """A line on a claim: whether it holds, how strong it is, and what to mend."""
    begin = "" if claim.holds else "FALSE "
    far = ""
    if claim.is_far:
        far = f", {claim.distance:.3g} times from its bound: draw that in"
    return (
        f"{begin}docs/{claim.page}:{claim.line}: {claim.measured}, {claim.room}{far}"
        f"   ({claim.sentence})"
    )


def try_pages(project: Project, uris: list[str] | None) -> None:
    """Try the claims of some pages, or of all, on fresh seeds, where their programs
    have changed since the last time; print how strong each is. Raises SiteError.
    """
    check_pages(project, uris)
    runner = Runner(copy_with_fresh_seeds(project.runner.root))
    for page in project.pages:
        claims = [claim for claim in page.claims if claim]
        names = {n for claim in claims if not claim.trial for n in claim.programs}
        variants = {name: list_variants(name, runner) for name in sorted(names)}
        with Display(runner, print) as show:
            found = runner.results(
                [n for each in variants.values() for n in each], show
            )
        for claim in claims:
            if not claim.trial:
                fresh = {n: [found[each] for each in variants[n]] for n in variants}
                trial = try_claim(claim, project.results, fresh)
                project.record.keep(claim, project.texts, trial)
                claim = replace(claim, trial=trial)
            print(describe(claim))
    if uris is None and not project.runner.absent:  # those have claims too
        claims = [claim for page in project.pages for claim in page.claims if claim]
        project.record.drop_others(claims)


def list_variants(name: str, runner: Runner) -> list[str]:
    """The programs that stand for one of many fresh seeds, or itself."""
    return [n for n in runner.programs if n.startswith(f"{name}__")] or [name]


def show_prose(project: Project, uris: list[str] | None) -> None:
    """Print each page's measures. Raises SiteError with every sentence to mend."""
    project.read(uris)
    for page in project.pages:
        lengths = [count_words(text) for _, text in sentences(page)] or [0]
        print(
            f"docs/{page.uri}: {len(lengths)} sentences,"
            f" {median(lengths):g} words in the middle one,"
            f" {max(lengths)} in the longest; {minutes(page)} min"
        )
    if found := prose_faults(project.docs, project.pages, project.settings):
        raise SiteError(found)


def sweep_programs(
    arguments: argparse.Namespace, project: Project, names: list[str] | None
) -> None:
    """Run programs with other constants, and print the median and the range of each
    value over seeds and jobs. Raises SiteError.
    """
    if not names:
        raise SiteError("which program? sweep NAME")
    runner = project.runner
    own = dict(each.partition("=")[::2] for each in arguments.set or ())
    for name in names:
        scale = {} if arguments.small else read_sweep(runner.root, name)
        jobs = list_jobs(runner, name, scale | own)
        show = partial(print, flush=True)
        results = run_sweep(runner, name, jobs, arguments.cluster, show)
        for key, found in merge_values(results).items():
            print(
                f"  {key} = {median(found):.6g} ({min(found):.6g} to {max(found):.6g})"
            )
        print(f"kept in {runner.root / '.cache' / 'sweeps' / name}")


COMMANDS: dict[str, Callable[..., None]] = {
    "check": check_pages,
    "fresh": try_pages,
    "prose": show_prose,
    "run": run_programs,
    "sweep": sweep_programs,
}

if __name__ == "__main__":  # a program's process imports this module again
    main()
