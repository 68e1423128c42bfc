"""`check [PAGE ...]` runs stale programs and checks pages, `run [NAME ...]` runs programs.

`fresh [PAGE ...]` checks pages on other seeds, at least twenty. `prose [PAGE ...]` measures how pages read.
"""

import argparse
import sys
from pathlib import Path
from statistics import median

from mkdocs.config import load_config

from measured import SiteError
from measured.run.fresh import fresh_copy
from measured.run.progress import Display
from measured.text.page import read_pages
from measured.text.project import Project
from measured.text.reading import minutes, prose_faults, sentences


def main():
    parser = argparse.ArgumentParser(prog="python -m measured", description=__doc__)
    parser.add_argument("command", choices=["check", "fresh", "prose", "run"])
    parser.add_argument("names", nargs="*", help="pages (docs/x.md) to check, or programs to run; all without")
    arguments = parser.parse_args()
    try:
        settings = read_settings(Path.cwd())
        if arguments.command == "prose":
            return show_prose(Path.cwd(), settings, [name.removeprefix("docs/") for name in arguments.names])
        project = Project(fresh_copy(Path.cwd()) if arguments.command == "fresh" else Path.cwd(), settings)
        with Display(project.runner, print) as show:
            if arguments.command == "run":
                show_values(project.runner.results(arguments.names or None, show))
            else:
                try:
                    project.build([name.removeprefix("docs/") for name in arguments.names] or None, show)
                finally:
                    show_claims(claim for page in project.pages for claim in page.claims if claim)
    except SiteError as error:
        sys.exit(str(error))


def read_settings(root):
    """What mkdocs.yml says of the pages with a task of their own."""
    return load_config(str(root / "mkdocs.yml")).plugins["measured"].settings()


def show_values(results):
    for name, result in results.items():
        print(f"{name}: {'reused' if result.reused else 'ran'}, {result.seconds} s, {result.figures}")
        print("".join(f"  {key} = {value}\n" for key, value in result.values.items()), end="")


def show_prose(root, settings, uris):
    """Print each page's measures. Raises SiteError with every sentence to mend."""
    pages = [page for page in read_pages(root / "docs") if not uris or page.uri in uris]
    for page in pages:
        lengths = [sentence.words for sentence in sentences(page)] or [0]
        words = f"{len(lengths)} sentences, {median(lengths):g} words in the middle one, {max(lengths)} in the longest"
        print(f"docs/{page.uri}: {words}; {minutes(page)} min")
    if found := prose_faults(root / "docs", pages, settings):
        raise SiteError(found)


def show_claims(claims):
    for claim in claims:
        sign = "" if claim.holds else "FALSE "
        print(f"{sign}docs/{claim.page}:{claim.line}: {claim.measured}, {claim.room}   ({claim.sentence})")


if __name__ == "__main__":  # a program's process imports this module again
    main()
