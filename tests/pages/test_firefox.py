"""The site in Firefox, where it is installed: pages of each kind whole, and the
playground as in Chromium."""

import numpy as np
import pytest

from tests.browser import READ
from tests.firefox import executable, firefox
from tests.pages.test_look import ARRIVED, FOLLOW
from tests.pages.test_playground import NUMBERS
from tests.pages.visit import FAULTS, KINDS, WIDE

pytestmark = pytest.mark.skipif(
    not executable(), reason="Firefox is not installed, and could not be"
)
ELEMENT = "document.querySelector('vanishing-playground')"
READY = f"() => {ELEMENT}?.matches('.pg-ready') && !!{ELEMENT}.frame"


@pytest.fixture(scope="module")
def fox():
    with firefox() as driver:
        yield driver


def ask(fox, function):
    return fox.evaluate(f"() => ({function})({ELEMENT})")


def click(fox, name):
    script = f"""(name) => [...{ELEMENT}.querySelectorAll("button")]
      .find((button) => button.textContent.trim() === name).click()"""
    fox.evaluate(script, name)


def inspect(fox, base, paths):
    faults = []
    for path in paths:
        fox.goto(base + path)
        fox.evaluate(READ)
        for check, found in fox.evaluate(FAULTS).items():
            faults += [f"{path or 'index'}: {check}: {what}" for what in found]
        if fox.evaluate(WIDE):
            faults.append(f"{path or 'index'}: wider than the window")
    return faults


def test_a_page_of_each_kind_is_whole(fox, serve, site):
    assert inspect(fox, serve(site), [*KINDS, "playground/"]) == []


def test_a_planted_fault_is_reported(fox, serve, tmp_path):
    (tmp_path / "index.html").write_text(
        '<!doctype html><title>x</title><main class="md-content"><h1>One</h1>'
        '<img alt="x" src="gone.svg">'
        '<div style="width:3000px">x</div>'
    )
    missing, wide = inspect(fox, serve(tmp_path), [""])
    assert (
        "index: images: not loaded" in missing
        and wide == "index: wider than the window"
    )


def test_a_link_to_what_is_far_down_leads_there(fox, serve, site):
    fox.goto(serve(site) + "remedies/relu/")
    fox.evaluate(FOLLOW, "try-it")
    fox.wait_for(ARRIVED, "try-it")


def test_the_playground_computes_what_it_computes_in_chromium(
    fox, browser, serve, site
):
    """Up to the rounding of the exponential function, in which browsers may differ."""
    address = serve(site) + "playground/?depth=6"
    page = browser.new_page()
    page.goto(address)
    page.wait_for_function(READY)
    fox.goto(address)
    fox.wait_for(READY)
    for step in range(3):
        there = f"() => {ELEMENT}.frame.step === {step}"
        page.wait_for_function(there)
        fox.wait_for(there)
        ours, theirs = page.evaluate(f"({NUMBERS})({ELEMENT})"), ask(fox, NUMBERS)
        assert len(ours) == len(theirs) == 1
        for a, b in zip(ours[0], theirs[0]):
            np.testing.assert_allclose(a, b, rtol=1e-5)
        page.get_by_role("button", name="One step", exact=True).click()
        click(fox, "One step")
    page.close()


def test_a_story_is_built_trained_paused_and_rewound_to_the_same_numbers(
    fox, serve, site
):
    fox.goto(serve(site) + "playground/")
    fox.wait_for(READY)
    before = ask(fox, "(p) => p.building")
    click(fox, "Mend it with ReLU")
    fox.wait_for(
        f"() => {ELEMENT}.building > {before}"
        f" && {ELEMENT}.frame?.id === {ELEMENT}.building"
    )
    first = ask(fox, NUMBERS)
    click(fox, "Train")
    fox.wait_for(f"() => {ELEMENT}.frame.step > 20")
    click(fox, "Pause")
    click(fox, "Rewind")
    fox.wait_for(f"() => {ELEMENT}.frame.step === 0")
    assert ask(fox, NUMBERS) == first and "relu" in fox.evaluate(
        "() => location.search"
    )


def test_divergence_is_told(fox, serve, site):
    fox.goto(serve(site) + "playground/")
    fox.wait_for(READY)
    click(fox, "Explode it")
    click(fox, "Train")
    assert "NaN" not in fox.wait_for(
        f"() => {ELEMENT}.innerText.includes('iverged') && {ELEMENT}.innerText"
    )
