"""`check [PAGE ...]` runs stale programs and checks pages, `run [NAME ...]` runs some.

`fresh [PAGE ...]` checks pages on other seeds, at least twenty. `prose [PAGE ...]`
measures how pages read.
"""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path
from statistics import median
from typing import Any

from mkdocs.config import load_config

from measured import SiteError
from measured.run.fresh import copy_with_fresh_seeds
from measured.run.progress import Display
from measured.text.claims import Claim
from measured.text.page import read_pages
from measured.text.project import Project, Settings
from measured.text.reading import count_words, minutes, prose_faults, sentences


def main() -> None:
    """Do what the command line says; a fault is the exit's message."""
    parser = argparse.ArgumentParser(prog="python -m measured", description=__doc__)
    parser.add_argument("command", choices=["check", "fresh", "prose", "run"])
    names = "pages (docs/x.md) to check, or programs to run; all without"
    parser.add_argument("names", nargs="*", help=names)
    arguments = parser.parse_args()
    root, names = Path.cwd(), arguments.names
    try:
        settings = read_settings(root)
        if arguments.command == "run":
            return run_programs(Project(root, settings), names)
        uris = [name.removeprefix("docs/") for name in names]
        if arguments.command == "prose":
            return show_prose(root, settings, uris)
        if arguments.command == "fresh":
            root = copy_with_fresh_seeds(root)
        check_pages(Project(root, settings), uris)
    except SiteError as error:
        sys.exit(str(error))


def read_settings(root: Path) -> Settings:
    """What mkdocs.yml says of the pages with a task of their own."""
    plugin: Any = load_config(str(root / "mkdocs.yml")).plugins["measured"]
    return plugin.config.settings


def run_programs(project: Project, names: list[str]) -> None:
    """Run what is stale of some programs, or of all, and print their values."""
    with Display(project.runner, print) as show:
        results = project.runner.results(names or None, show)
    for name, result in results.items():
        how = "reused" if result.reused else "ran"
        print(f"{name}: {how}, {result.seconds} s, {result.figures}")
        print("".join(f"  {key} = {x}\n" for key, x in result.values.items()), end="")


def check_pages(project: Project, uris: list[str]) -> None:
    """Check some pages, or all, and print their claims. Raises SiteError."""
    with Display(project.runner, print) as show:
        try:
            project.build(uris or None, show)
        finally:
            claims = (claim for page in project.pages for claim in page.claims)
            show_claims(filter(None, claims))


def show_prose(root: Path, settings: Settings, uris: list[str]) -> None:
    """Print each page's measures. Raises SiteError with every sentence to mend."""
    pages = read_pages(root / "docs")
    pages = [page for page in pages if not uris or page.uri in uris]
    for page in pages:
        lengths = [count_words(text) for _, text in sentences(page)] or [0]
        middle = f"{median(lengths):g} words in the middle one"
        words = f"{len(lengths)} sentences, {middle}, {max(lengths)} in the longest"
        print(f"docs/{page.uri}: {words}; {minutes(page)} min")
    if found := prose_faults(root / "docs", pages, settings):
        raise SiteError(found)


def show_claims(claims: Iterable[Claim]) -> None:
    """Print what was measured of each claim, and how far it is from failing."""
    for claim in claims:
        sign = "" if claim.holds else "FALSE "
        place = f"docs/{claim.page}:{claim.line}"
        print(f"{sign}{place}: {claim.measured}, {claim.room}   ({claim.sentence})")


if __name__ == "__main__":  # a program's process imports this module again
    main()
