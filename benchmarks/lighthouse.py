"""Lighthouse over one page of each kind of the built site, on phone and desktop.

`make lighthouse` builds the site and prints medians over several runs. Exit status 1
where a median is below 100 (performance: below 99, since it is measured with a clock).
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from tests.browser import ARGUMENTS, executable
from tests.server import served

ROOT = Path(__file__).resolve().parent.parent
PAGES = {
    "home": "",
    "a remedy": "remedies/relu/",
    "the example": "example/sigmoid-vs-relu/",
    "a lab": "labs/sigmoid-vs-relu/",
    "the claims": "evidence/claims/",
    "the playground": "playground/",
}
CATEGORIES = {
    "performance": 99,
    "accessibility": 100,
    "best-practices": 100,
    "seo": 100,
}
TIMED = {  # audit -> (its column, milliseconds of its unit, form)
    "cumulative-layout-shift": ("layout shift", 1, "{:.3f}"),
    "total-blocking-time": ("blocking, ms", 1, "{:.0f}"),
    "first-contentful-paint": ("first paint, s", 1000, "{:.2f}"),
    "largest-contentful-paint": ("largest paint, s", 1000, "{:.2f}"),
}
FORMS = {"mobile": [], "desktop": ["--preset=desktop"]}


def measure(command, address, form, chromium):
    """The report of one run, in a browser of its own."""
    flags = " ".join(["--headless", "--no-sandbox", "--disable-gpu", *ARGUMENTS[:-1]])
    with TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        subprocess.run(
            [
                *command,
                address,
                *FORMS[form],
                "--quiet",
                "--output=json",
                f"--output-path={report}",
                f"--only-categories={','.join(CATEGORIES)}",
                f"--chrome-flags={flags}",
            ],
            env={**os.environ, "CHROME_PATH": chromium},
            check=True,
        )
        return json.loads(report.read_text())


def lacking(report):
    """Audits that cost points: `name (score)`."""
    weights = {
        ref["id"]: ref["weight"]
        for category in report["categories"].values()
        for ref in category["auditRefs"]
    }
    scored = {
        name: audit["score"]
        for name, audit in report["audits"].items()
        if audit["score"] is not None
    }
    return {
        f"{name} ({score})"
        for name, score in scored.items()
        if weights.get(name) and score < 0.995
    }


def main(site, runs, only):
    with sync_playwright() as playwright:
        chromium = executable(playwright)
    command = [ROOT / ".cache/lighthouse/node_modules/.bin/lighthouse"]
    if not command[0].exists() or not shutil.which("node"):
        sys.exit(
            "Lighthouse is not installed: call `make lighthouse`, "
            "which needs Node 18.20 or newer, and npm"
        )
    heads = [
        "page",
        "form",
        *CATEGORIES,
        *(head for head, _, _ in TIMED.values()),
        "below 1",
    ]
    print("|", " | ".join(heads), "|")
    print("| --- " * len(heads) + "|", flush=True)
    missed = 0
    with served(site) as base:
        for name, path in PAGES.items():
            for form in FORMS if not only else [only]:
                reports = [
                    measure(command, base + path, form, chromium) for _ in range(runs)
                ]
                scores = [
                    round(100 * median(r["categories"][key]["score"] for r in reports))
                    for key in CATEGORIES
                ]
                timed = {
                    key: median(r["audits"][key]["numericValue"] for r in reports)
                    for key in TIMED
                }
                reasons = sorted(set().union(*map(lacking, reports)))
                missed += any(
                    score < least for score, least in zip(scores, CATEGORIES.values())
                )
                cells = [
                    name,
                    form,
                    *scores,
                    *(
                        shown.format(timed[key] / unit)
                        for key, (_, unit, shown) in TIMED.items()
                    ),
                    ", ".join(reasons),
                ]
                print("|", " | ".join(map(str, cells)), "|", flush=True)
    return missed > 0


if __name__ == "__main__":
    sys.exit(
        main(
            ROOT / "site",
            int(sys.argv[1]) if len(sys.argv) > 1 else 5,
            "".join(sys.argv[2:]),
        )
    )
