"""Without MkDocs: `check [PAGE ...]` runs stale programs and checks pages, `run [NAME ...]` runs programs."""

import argparse
import sys
from pathlib import Path

from engine import SiteError
from engine.project import Project


def main():
    parser = argparse.ArgumentParser(prog="python -m engine", description=__doc__)
    parser.add_argument("command", choices=["check", "run"])
    parser.add_argument("names", nargs="*", help="pages (docs/x.md) to check, or programs to run; all without")
    arguments = parser.parse_args()
    project = Project(Path.cwd())
    try:
        if arguments.command == "run":
            for name, result in project.runner.results(arguments.names or None, print).items():
                print(f"{name}: {'reused' if result.reused else 'ran'}, {result.seconds} s, {result.figures}")
                print("".join(f"  {key} = {value}\n" for key, value in result.values.items()), end="")
        else:
            project.build([name.removeprefix("docs/") for name in arguments.names] or None, print)
            for page in project.pages:
                project.footnotes(page)
                for claim in page.claims:
                    print(f"docs/{page.uri}:{claim.line}: {claim.measured}   ({claim.sentence})")
    except SiteError as error:
        sys.exit("\n".join(error.messages))


main()
