"""Pages in a browser, and the records of visits, made once for all workers."""

import json

import pytest
from filelock import FileLock, Timeout
from playwright.sync_api import sync_playwright

from tests.browser import addresses, launch
from tests.pages.visit import visit

WIDTHS = (1280, 390)


class Records:
    """Visits to all pages of a built site, by whichever worker is free.

    go: called with a page's path and a width, gives its record.
    """

    def __init__(self, folder, paths, go):
        self.folder, self.paths, self.go = folder, paths, go
        folder.mkdir(exist_ok=True)

    def record(self, path, width, wait=-1):
        """The page's record. wait: seconds for another who makes it; -1: all."""
        file = self.folder / f"{width}-{path.replace('/', '-')}.json"
        if not file.exists():
            with FileLock(file.with_suffix(".lock")).acquire(timeout=wait):
                if not file.exists():
                    part = file.with_suffix(".part")
                    part.write_text(json.dumps(self.go(path, width)))
                    part.rename(file)
        return json.loads(file.read_text())

    def all(self, width):
        """path -> record. What others are at is left to them, and waited for last."""
        for path in self.paths:
            try:
                self.record(path, width, wait=0)
            except Timeout:
                continue
        return {path: self.record(path, width) for path in self.paths}

    def faults(self, check, widths=WIDTHS):
        """`page at width: what` of all that a check has found."""
        return [
            f"{path or 'index'} at {width}: {what}"
            for width in widths
            for path, record in self.all(width).items()
            for what in record[check]
        ]


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def records(browser, serve, site, shared):
    """Visits to every page of the site."""
    base = serve(site)
    return Records(
        shared / "records",
        addresses(site),
        lambda path, width: visit(browser, base, path, width),
    )


@pytest.fixture
def new_page(browser):
    """Make a page in a context of its own, whose options are the arguments."""
    contexts = []

    def make(width=1280, height=900, **options):
        window = {"width": width, "height": height}
        contexts.append(browser.new_context(viewport=window, **options))
        contexts[-1].set_default_timeout(60_000)
        return contexts[-1].new_page()

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def opened(new_page, serve, site):
    """Open a page of the site: called with its path and a context's options."""

    def go(path, width=1280, **options):
        page = new_page(width, **options)
        page.goto(serve(site) + path, wait_until="networkidle")
        return page

    return go
