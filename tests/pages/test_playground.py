"""The playground in a real Chromium: what it shows untouched, every control and story,
links, and how it ends."""

import gzip
import re

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser import SHOW, until
from tests.conftest import ROOT
from tests.pages.test_look import FRAMES
from tests.pages.visit import DARK_TOGGLE, WIDE, barriers

PLAYGROUND = ROOT / "docs" / "assets" / "playground"
NUMBERS = """(p) => p.frame.nets.map((net) =>
  [[...net.z], [...net.weight], net.loss, net.accuracy])"""
# Counts pictures.
COUNT = """(p) => {
  const draw = p.draw;
  p.drawn = 0;
  p.draw = function () { p.drawn += 1; draw.call(p); };
}"""


class Visit:
    """A page with the playground, and what a reader does on it."""

    def __init__(self, page, base):
        self.page, self.base, self.faults = page, base, []
        page.set_default_timeout(60_000)
        page.on("console", lambda message: self.faults.append(message.text))
        page.on("pageerror", lambda error: self.faults.append(str(error)))

    def open(self, search=""):
        self.page.goto(f"{self.base}playground/{search}")
        self.ready()
        return self

    def ready(self):
        self.page.wait_for_function(
            "() => document.querySelector('vanishing-playground.pg-ready')?.frame"
        )

    def ask(self, function, argument=None):
        """The result of a JavaScript function of the element."""
        element = "document.querySelector('vanishing-playground')"
        script = f"(argument) => ({function})({element}, argument)"
        return self.page.evaluate(script, argument)

    def wait(self, condition):
        self.page.wait_for_function(
            f"() => ({condition})(document.querySelector('vanishing-playground'))"
        )

    def numbers(self):
        return self.ask(NUMBERS)

    def click(self, name):
        self.page.get_by_role("button", name=name, exact=True).click()

    def steps(self, n):
        for _ in range(n):
            step = self.ask("(p) => p.frame.step")
            self.click("One step")
            self.wait(f"(p) => p.frame.step === {step} + 1")

    def rebuilt(self, action):
        """Do what builds new networks, and wait for their first frame."""
        before = self.ask("(p) => p.building")
        action()
        self.wait(f"(p) => p.building > {before} && p.frame?.id === p.building")

    @property
    def sentences(self):
        return [
            text for text in self.page.locator(".pg-says").all_inner_texts() if text
        ]

    @property
    def search(self):
        return self.page.evaluate("location.search")

    @property
    def spoken(self):
        return self.page.locator(".pg-live").inner_text()


@pytest.fixture
def visit(browser, serve, site):
    context = browser.new_context(
        viewport={"width": 1280, "height": 900},
        reduced_motion="no-preference",
        permissions=["clipboard-read", "clipboard-write"],
    )
    found = Visit(context.new_page(), serve(site))
    yield found
    context.close()
    assert found.faults == []


def test_untouched_it_shows_the_real_gradients_of_its_network_and_what_they_mean(visit):
    visit.open()
    (net,) = visit.numbers()
    z = net[0]
    assert len(z) == 11 and 1e-9 < z[0] / z[9] < 1e-6
    (sentence,) = visit.sentences
    assert re.match(
        r"Before the first step, the first layer gets [\d.]+×10⁻⁸ of the gradient",
        sentence,
    )
    assert sentence.endswith("it has vanished on its way back.")
    assert visit.page.locator(".pg-view:visible").count() == 7
    assert visit.page.locator(".pg-fallback").is_hidden()
    assert (
        visit.page.locator(".pg-wide .pg-line:not(.pg-theory)")
        .get_attribute("d")
        .count("L")
        == 10
    )


def test_theory_is_drawn_beside_the_measurement(visit):
    visit.open()
    theory, measured = visit.ask(
        "(p) => [p.gradientLines(p.frame.nets[0], 0)[0].points, [...p.frame.nets[0].z]]"
    )
    assert len(theory) == 10 and theory[9][1] == pytest.approx(measured[9])
    assert 1 / 3 < theory[0][1] / measured[0] < 3  # width 16 scatters


CHANGES = {
    "data": "circles",
    "depth": 4,
    "width": 7,
    "activation": "tanh",
    "initializer": "he",
    "normalization": "layer",
    "skip": "scaled",
    "batch": 20,
    "seed": 5,
}


@pytest.mark.parametrize("key", CHANGES)
def test_each_control_builds_another_network_and_the_address_has_it(visit, key):
    visit.open()
    before, field = visit.numbers(), visit.page.locator(f"[name={key}]")

    def change():
        if isinstance(CHANGES[key], str):
            field.select_option(CHANGES[key])
        else:
            field.fill(str(CHANGES[key]))
            field.press("Enter")

    visit.rebuilt(change)
    assert f"{key}={CHANGES[key]}" in visit.search and visit.numbers() != before


@pytest.mark.parametrize(
    "choice, key, value", [("leaky", "alpha", "0.3"), ("normal", "spread", "0.5")]
)
def test_what_only_one_choice_needs_shows_with_it(visit, choice, key, value):
    visit.open()
    owner = "activation" if choice == "leaky" else "initializer"
    assert visit.page.locator(f"[name={key}]").is_hidden()
    visit.rebuilt(lambda: visit.page.locator(f"[name={owner}]").select_option(choice))
    before, field = visit.numbers(), visit.page.locator(f"[name={key}]")
    field.fill(value)
    visit.rebuilt(lambda: field.press("Enter"))
    assert f"{key}={value}" in visit.search and visit.numbers() != before


@pytest.mark.parametrize(
    "key, value", [("optimizer", "sgd"), ("optimizer", "momentum"), ("rate", "0.2")]
)
def test_optimizer_and_rate_change_how_it_trains(visit, key, value):
    def after(search):
        visit.open(search)
        start = visit.numbers()
        visit.steps(3)
        return start, visit.numbers()

    usual, changed = after(""), after(f"?{key}={value}")
    assert usual[0] == changed[0] and usual[1] != changed[1]


def test_the_slider_moves_depth(visit):
    visit.open()
    slider = visit.page.get_by_label("Hidden layers, slider")
    slider.focus()
    visit.rebuilt(lambda: visit.page.keyboard.press("ArrowRight"))
    assert "depth=11" in visit.search and len(visit.numbers()[0][0]) == 12


def test_what_is_no_choice_is_refused_and_says_why(visit):
    visit.open()
    field = visit.page.locator("[name=depth]")
    for value in ("0", "51", "2.5", ""):
        field.fill(value)
        field.press("Tab")
        assert (
            "A whole number from 1 to 50"
            in visit.page.locator(".pg-error:visible").all_inner_texts()
        )
        assert field.get_attribute("aria-invalid") == "true" and visit.search == ""


STORIES = {
    "relu": ("Mend it with ReLU", "remedies/relu/"),
    "glorot": ("… with Glorot", "remedies/initialization/"),
    "batch": ("… with batch normalization", "remedies/batch-normalization/"),
    "skips": ("… with skips", "remedies/skip-connections/"),
    "fifty": ("Fifty ReLU layers", "remedies/relu/"),
    "explode": ("Explode it", "problem/exploding/"),
    "dead": ("Dead units", "remedies/leaky-relu/"),
}


@pytest.mark.parametrize("name", STORIES)
def test_a_story_builds_its_networks_and_its_link_gives_them_back(visit, name):
    sentence, page = STORIES[name]
    visit.open()
    visit.rebuilt(lambda: visit.click(sentence))
    assert visit.search == f"?try={name}"
    chip = visit.page.get_by_role("button", name=sentence, exact=True)
    assert chip.get_attribute("aria-pressed") == "true"
    numbers = visit.numbers()
    visit.open(f"?try={name}")
    assert visit.numbers() == numbers
    assert visit.page.locator(".pg-story").get_attribute("href").endswith(page)


def test_each_story_and_its_page_lead_to_each_other(site):
    from_pages = {
        name: (site / page / "index.html").read_text()
        for name, (_, page) in STORIES.items()
    }
    assert [
        name
        for name, text in from_pages.items()
        if f"playground/?try={name}" not in text
    ] == []
    assert "../../playground/" in (site / "problem/depth/index.html").read_text()


OUTCOMES = {
    "relu": ("has vanished", "has vanished"),
    "glorot": ("has vanished", "has vanished"),
    "batch": ("has vanished", "arrives"),
    "skips": ("has vanished", "arrives"),
}


@pytest.mark.parametrize("name", OUTCOMES)
def test_a_story_says_what_its_gradients_do(visit, name):
    visit.open(f"?try={name}")
    assert all(
        outcome in sentence
        for outcome, sentence in zip(OUTCOMES[name], visit.sentences, strict=True)
    )


def test_a_link_restores_every_choice(visit):
    search = (
        "?data=spiral&depth=7&width=9&activation=leaky&alpha=0.2&initializer=normal"
        "&spread=0.3&normalization=layer&skip=plain&optimizer=momentum&rate=0.003"
        "&batch=32&seed=8&compare=yes&b.depth=3&b.activation=gelu"
    )
    visit.open(search)
    assert visit.search == search
    state = visit.ask("(p) => p.state")
    assert (
        state["notes"] == []
        and state["a"]["alpha"] == 0.2
        and state["b"]["activation"] == "gelu"
    )
    assert state["b"]["seed"] == 8 and state["b"]["width"] == 9
    visit.click("Copy link")
    visit.page.get_by_role("button", name="Copied", exact=True).wait_for()
    assert visit.page.evaluate("navigator.clipboard.readText()").endswith(search)


MALFORMED = {
    "?depth=9999": "depth: taken as 50",
    "?depth=-3": "depth: taken as 1",
    "?depth=2.4": "depth: taken as 2",
    "?depth=ten": "depth: not a number",
    "?depth=": "depth: not a number",
    "?rate=Infinity": "rate: not a number",
    "?rate=1e99": "rate: taken as 100",
    "?activation=constructor": "activation: there is no such choice",
    "?activation=<script>alert(1)</script>": "activation: there is no such choice",
    "?try=<img src=x onerror=alert(1)>": "try: there is no such story",
    "?try=__proto__": "try: there is no such story",
    "?__proto__=1&toString=2": "unknown option left out",
    "?b.seed=4": "unknown option left out",
    "?b.width=65&b.skip=none": "width: taken as 64",
}


@pytest.mark.parametrize("search", MALFORMED)
def test_a_malformed_address_falls_back_with_a_note(visit, search):
    visit.page.on(
        "dialog", lambda dialog: visit.faults.append("a script of the address ran")
    )
    visit.open(search)
    note = visit.page.locator(".pg-asked")
    assert MALFORMED[search] in note.inner_text() and note.locator("*").count() == 0
    assert all(len(net[0]) >= 2 for net in visit.numbers())
    visit.steps(1)


def test_two_networks_of_the_same_choices_are_the_same_network(visit):
    visit.open()
    visit.rebuilt(lambda: visit.click("Compare"))
    visit.steps(5)
    one, other = visit.numbers()
    assert one == other and visit.page.locator(".pg-picture:visible").count() == 6


def test_side_by_side_the_second_network_has_its_own_settings_on_the_same_data(visit):
    visit.open("?try=relu")
    visit.page.locator(".pg-settings").get_by_role("button", name="Network B").click()
    visit.rebuilt(
        lambda: (
            visit.page.locator("[name=depth]").fill("3")
            or visit.page.keyboard.press("Enter")
        )
    )
    visit.rebuilt(
        lambda: (
            visit.page.locator("[name=seed]").fill("4")
            or visit.page.keyboard.press("Enter")
        )
    )
    a, b = visit.ask("(p) => [p.state.a, p.state.b]")
    assert (a["depth"], b["depth"], a["seed"], b["seed"]) == (10, 3, 4, 4)
    visit.rebuilt(lambda: visit.click("Only A"))
    assert len(visit.numbers()) == 1


def test_train_pause_step_and_rewind_are_exact(visit):
    visit.open("?try=batch")
    start = visit.numbers()
    visit.steps(12)
    twelve = visit.numbers()
    visit.click("Rewind")
    visit.wait("(p) => p.frame.step === 0")
    assert visit.numbers() == start
    visit.page.get_by_label("Pace").select_option("slow")
    visit.click("Train")
    visit.wait("(p) => p.frame.step >= 3")
    visit.click("Pause")
    visit.wait("(p) => !p.running")
    visit.steps(12 - visit.ask("(p) => p.frame.step"))
    assert visit.numbers() == twelve


def test_the_rate_changes_while_it_runs(visit):
    visit.open("?activation=relu&initializer=he")
    visit.click("Train")
    visit.wait("(p) => p.frame.step > 5")
    visit.page.locator("[name=rate]").fill("0.000001")
    visit.page.locator("[name=rate]").press("Enter")
    # Adam's updates are about the rate's size.
    visit.wait("(p) => p.running && p.frame.nets[0].ratio[3] < 1e-4")
    assert "rate=0.000001" in visit.search


def test_a_network_that_learns_is_seen_to_learn(visit):
    visit.open("?try=relu")
    visit.click("Train")
    visit.wait("(p) => p.history[1].accuracy.mean > 0.9")
    visit.click("Pause")
    visit.wait("(p) => !p.running")
    assert visit.ask("(p) => p.history[0].accuracy.mean") < 0.7
    assert visit.page.locator(".pg-line.pg-b").count() > 3


@pytest.mark.parametrize(
    "search, message",
    [
        (
            "?try=explode",
            r"Diverged at step 2, because the step before moved the weights of .* "
            r"times their size, at a le",
        ),
        (
            "?depth=50&activation=relu&initializer=normal&spread=10",
            r"Diverged at step 0, because the signal grew from layer to layer until, "
            r"in layer \d+, it left",
        ),
    ],
)
def test_divergence_is_told_with_its_cause_and_never_as_nan(visit, search, message):
    visit.open(search)
    if "try" in search:
        visit.click("Train")
        visit.wait("(p) => p.frame.nets[0].diverged")
    visit.page.locator(".pg-says.pg-bad").wait_for()
    assert re.match(message, visit.sentences[0])
    assert visit.sentences[0] in visit.spoken
    assert visit.page.locator(".pg-play").is_disabled()
    assert "NaN" not in visit.page.locator("vanishing-playground").inner_text()
    paths = visit.page.locator("path").evaluate_all(
        "(paths) => paths.map((path) => path.getAttribute('d'))"
    )
    assert not [
        path for path in paths if path and ("NaN" in path or "Infinity" in path)
    ]
    visit.click("Rewind")
    visit.wait("(p) => p.frame.step === 0")


def test_a_network_that_goes_on_is_not_held_up_by_one_that_has_diverged(visit):
    visit.open("?try=explode&compare=yes&b.initializer=he")
    visit.click("Train")
    visit.wait("(p) => p.frame.nets[0].diverged && p.frame.step > 20")
    assert not visit.ask("(p) => p.frame.nets[1].diverged")


def test_dead_units_and_saturation_are_named(visit):
    visit.open("?try=dead")
    visit.click("Train")
    visit.page.locator(
        ".pg-notes li", has_text=re.compile(r"A: Dead units: \d+ % of all")
    ).wait_for()
    visit.open("?initializer=normal&spread=5")
    visit.page.locator(
        ".pg-notes li", has_text=re.compile(r"Saturation: in layer \d+, \d+ %")
    ).wait_for()


def test_both_gradients_can_be_shown_and_they_differ(visit):
    visit.open()
    line = visit.page.locator(".pg-wide .pg-line:not(.pg-theory)")
    before = line.get_attribute("d")
    visit.click("dL/dW")
    expect(line).not_to_have_attribute("d", before)
    assert (
        visit.page.get_by_role("button", name="dL/dW", exact=True).get_attribute(
            "aria-pressed"
        )
        == "true"
    )


def test_values_show_under_the_pointer_and_by_keyboard(visit):
    visit.open("?try=relu")
    chart = visit.page.get_by_role("slider", name="Gradient by layer")
    chart.hover(position={"x": 60, "y": 100})
    assert re.match(
        r"layer 1: A .+, B .+", visit.page.locator(".pg-wide .pg-tip").inner_text()
    )
    chart.focus()
    visit.page.keyboard.press("End")
    visit.page.keyboard.press("ArrowLeft")
    text = chart.get_attribute("aria-valuetext")
    assert (
        re.match(r"layer 10: A [\d.]+(×10\S+)?, B [\d.]+", text)
        and chart.get_attribute("aria-valuenow") == "10"
    )


def test_the_table_has_the_numbers_of_every_layer(visit):
    visit.open("?try=relu")
    visit.page.get_by_text("Numbers as a table").click()
    rows = visit.page.locator(".pg-tables tbody tr")
    rows.first.wait_for()
    assert rows.count() == 22 and visit.page.locator(".pg-tables caption").count() == 2
    first = rows.first.locator("td").first.inner_text()
    chart = visit.page.get_by_role("slider", name="Gradient by layer")
    chart.focus()
    visit.page.keyboard.press("Home")
    assert f"A {first}," in chart.get_attribute("aria-valuetext")


def test_a_story_can_be_lived_by_keyboard_alone(visit):
    visit.open()
    keys = visit.page.keyboard

    def reach(name):
        for _ in range(60):
            keys.press("Tab")
            if visit.page.evaluate("document.activeElement.textContent.trim()") == name:
                return
        raise AssertionError(f"no way to {name} by Tab")

    visit.page.evaluate(
        "document.querySelector('h1').tabIndex = -1,"
        " document.querySelector('h1').focus()"
    )
    reach("Mend it with ReLU")
    visit.rebuilt(lambda: keys.press("Enter"))
    assert "Network B: Before the first step" in visit.spoken
    reach("Train")
    keys.press("Space")
    visit.wait("(p) => p.frame.step > 3")
    keys.press("Space")
    visit.wait("(p) => !p.running")
    visit.page.wait_for_function(
        "() => document.querySelector('.pg-live').textContent.includes('At step')"
    )
    reach("Rewind")
    keys.press("Enter")
    visit.wait("(p) => p.frame.step === 0")
    visit.page.get_by_text("Numbers as a table").focus()
    keys.press("Enter")
    visit.page.locator(".pg-tables td").first.wait_for()


def test_the_live_region_is_quiet_while_training(visit):
    visit.open("?activation=relu&initializer=he")
    visit.page.evaluate(
        "window.told = 0; new MutationObserver(() => (window.told += 1))"
        ".observe(document.querySelector('.pg-live'),"
        " { childList: true, characterData: true, subtree: true })"
    )
    visit.click("Train")
    visit.wait("(p) => p.frame.step > 300")
    assert visit.page.evaluate("told") <= 2  # dead units may be told once


# Counts what is drawn, and the waits of half a second that it asks for.
WAITS = """(p) => {
  const draw = p.draw, later = window.setTimeout;
  p.drawn = p.waits = 0;
  p.draw = function () { p.drawn += 1; draw.call(p); };
  window.setTimeout = (act, wait, ...more) => {
    p.waits += wait === 500;
    return later(act, wait, ...more);
  };
}"""


@pytest.mark.parametrize("motion, waits", [("reduce", True), ("no-preference", False)])
def test_with_less_motion_asked_it_waits_half_a_second_after_each_picture(
    new_page, serve, site, motion, waits
):
    """The next one comes when it says that the last one has been seen."""
    visit = Visit(new_page(reduced_motion=motion), serve(site)).open()
    visit.ask(WAITS)
    visit.click("Train")
    visit.wait("(p) => p.drawn >= 3")
    drawn, waited = visit.ask("(p) => [p.drawn, p.waits]")
    assert waited >= drawn - 1 if waits else waited == 0


def test_drawing_leaves_the_page_at_sixty_frames_a_second(visit):
    """What a frame costs the page's own thread in processor time, which other programs
    at work do not lengthen."""
    visit.open("?try=relu")
    visit.ask(COUNT)
    profiler = visit.page.context.new_cdp_session(visit.page)
    profiler.send("Performance.enable", {"timeDomain": "threadTicks"})

    def spent():
        metrics = {
            m["name"]: m["value"]
            for m in profiler.send("Performance.getMetrics")["metrics"]
        }
        return np.array([metrics["TaskDuration"], visit.ask("(p) => p.drawn")])

    visit.click("Train")
    visit.wait("(p) => p.drawn >= 10")
    start = spent()
    visit.wait(f"(p) => p.drawn >= {start[1]} + 60")
    seconds, frames = spent() - start
    assert seconds / frames < 1 / 60


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_bars_the_way_idle_training_and_with_everything_open(
    browser, serve, site, scheme, width
):
    context = browser.new_context(
        color_scheme=scheme, viewport={"width": width, "height": 900}
    )
    visit = Visit(context.new_page(), serve(site)).open()
    visit.page.evaluate(
        SHOW
    )  # axe measures what is closed too, which Chromium would remark on
    faults = [("idle", what) for what in barriers(visit.page)]
    visit.open("?try=relu&depth=400")
    visit.page.evaluate(
        "document.querySelectorAll('vanishing-playground details')"
        ".forEach((box) => (box.open = true))"
    )
    visit.page.evaluate(SHOW)
    visit.page.get_by_label("Pace").select_option("slow")
    visit.click("Train")
    visit.wait("(p) => p.frame.step > 1")
    faults += [("training", what) for what in barriers(visit.page)]
    visit.click("Pause")
    visit.wait("(p) => !p.running")
    faults += [("open", what) for what in barriers(visit.page)]
    assert not visit.page.evaluate(WIDE)
    context.close()
    assert faults == [] and visit.faults == []


def test_the_palette_recolors_the_canvases(visit):
    visit.open()
    picture = "document.querySelector('.pg-picture').toDataURL()"
    light = visit.page.evaluate(picture)
    visit.page.locator(DARK_TOGGLE).click()
    visit.page.wait_for_function(f"(light) => {picture} !== light", arg=light)


def test_its_worker_ends_when_it_is_taken_from_the_page(visit):
    visit.open()
    visit.click("Train")
    visit.wait("(p) => p.frame.step > 0")
    assert len(visit.page.workers) == 1
    visit.ask("(p) => p.remove()")
    until(visit.page, lambda: visit.page.workers == [])


def test_a_link_brings_its_network_and_so_does_going_back(visit):
    visit.page.goto(f"{visit.base}remedies/skip-connections/")
    visit.page.locator("a[href*='try=skips']").click()
    visit.ready()
    assert visit.search == "?try=skips" and len(visit.numbers()) == 2
    visit.page.locator(".pg-story").click()
    visit.page.wait_for_url("**/remedies/skip-connections/")
    visit.page.go_back()
    visit.ready()
    assert visit.search == "?try=skips" and len(visit.numbers()) == 2


def test_without_scripts_a_figure_and_what_to_do_stand_in_its_place(
    browser, serve, site
):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{serve(site)}playground/")
    figure = page.locator(".pg-fallback img")
    assert (
        figure.is_visible()
        and "python3 -m http.server" in page.locator(".pg-fallback").inner_text()
    )
    assert figure.get_attribute("alt").startswith("Size of dL/dz by layer")
    context.close()


def test_in_a_folder_opened_from_disk_the_figure_stays(browser, site):
    page = browser.new_page()
    with page.expect_console_message(lambda said: "loader.js" in said.text):
        page.goto((site / "playground" / "index.html").as_uri())
    assert (
        page.locator(".pg-fallback img").is_visible()
        and page.locator(".pg-chip").count() == 0
    )
    page.close()


def test_where_workers_are_forbidden_the_figure_stays(browser, serve, site):
    page = browser.new_page()
    page.add_init_script(
        "window.Worker = class {"
        " constructor() { throw new DOMException('no', 'SecurityError'); } }"
    )
    page.goto(f"{serve(site)}playground/", wait_until="networkidle")
    assert (
        page.locator(".pg-fallback img").is_visible()
        and page.locator("vanishing-playground").is_hidden()
    )
    assert (
        page.locator(".pg").evaluate("(room) => getComputedStyle(room).minHeight")
        == "0px"
    )
    page.close()


def test_it_lives_under_the_site_s_content_security_policy(browser, serve, site):
    assert (
        'http-equiv="Content-Security-Policy"'
        in (site / "playground" / "index.html").read_text()
    )
    visit = Visit(browser.new_page(), serve(site)).open()
    visit.click("Train")
    visit.wait("(p) => p.frame.step > 3")
    visit.page.get_by_text("The same in Keras or PyTorch", exact=True).click()
    with visit.page.expect_download():
        visit.click("Download")
    visit.page.get_by_role("slider", name="Gradient by layer").hover()
    visit.page.close()
    assert visit.faults == []


def test_its_scripts_and_styles_are_at_most_60_kb_compressed():
    files = [path for path in PLAYGROUND.rglob("*") if path.suffix in {".js", ".css"}]
    assert (
        len(files) > 10
        and sum(len(gzip.compress(path.read_bytes())) for path in files) < 60_000
    )


def test_every_module_is_fetched_at_once():
    listed = re.findall(
        r'"([\w/.]+)"',
        " ".join(
            re.findall(r"\[(.*?)\]", (PLAYGROUND / "loader.js").read_text(), re.S)
        ),
    )
    modules = {path.stem for path in PLAYGROUND.rglob("*.js")} - {"loader"}
    assert sorted(listed) == sorted(modules)


def test_the_digits_are_scikit_learn_s():
    from sklearn.datasets import load_digits

    data = load_digits()
    rows = [
        bytes([*map(int, image), label])
        for image, label in zip(data.data[:512], data.target[:512])
    ]
    assert (PLAYGROUND / "digits.bin").read_bytes() == b"".join(rows)


def test_it_is_at_rest_until_asked_to_train(visit):
    visit.open("?try=relu")
    visit.page.evaluate(FRAMES)
    assert visit.ask("(p) => [p.frame.step, p.running]") == [0, False]
