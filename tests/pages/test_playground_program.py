""" "The same in Keras or PyTorch" is the same: each program starts from the
playground's gradients and trains as it does."""

import importlib.util
import subprocess
import sys

import numpy as np
import pytest

from tests.pages.test_playground import Visit

STEPS = 10
FEWER = {
    "fifty layers": 2
    # rounding grows fast through fifty ReLU layers: 4 % of the loss in ten steps
}
SHOWN = {
    "the first network": "",
    "ReLU": "?activation=relu",
    "Glorot": "?initializer=glorot",
    "batch normalization": "?normalization=batch",
    "skips": "?skip=plain",
    "fifty layers": "?try=fifty&compare=no",
    "dead units": "?try=dead&compare=no&rate=0.01",
    "leaky, scaled skips, layer": (
        "?activation=leaky&alpha=0.2&skip=scaled&normalization=layer&optimizer=momentum"
    ),
    "circles, N(0, s), SGD": (
        "?data=circles&initializer=normal&spread=0.4&activation=tanh&optimizer=sgd"
        "&depth=4"
    ),
    "XOR, LeCun, SELU": "?data=xor&initializer=lecun&activation=selu&seed=9999",
    "spiral, orthogonal, GELU": (
        "?data=spiral&initializer=orthogonal&activation=gelu&width=20&batch=50"
    ),
    "digits, He, SiLU": (
        "?data=digits&initializer=he&activation=silu&depth=4&width=24&seed=0"
    ),
    "digits, ELU, large batch": (
        "?data=digits&batch=256&initializer=orthogonal&activation=elu&depth=2&width=64"
    ),
}


SUMMARY = "The same in Keras or PyTorch"


@pytest.fixture(scope="module")
def page(browser, serve, site):
    visit = Visit(browser.new_page(), serve(site))
    yield visit
    visit.page.close()


@pytest.fixture(params=["Keras", "PyTorch"])
def framework(request):
    module = {"Keras": "keras", "PyTorch": "torch"}[request.param]
    if not importlib.util.find_spec(module):
        pytest.skip(f"{module} is not installed")
    return request.param


def source(page, framework):
    """The program's text, of the network on show."""
    fold = page.page.locator(".pg-more").filter(has_text=SUMMARY)
    fold.evaluate("(fold) => (fold.open = true)")
    fold.get_by_role("button", name=framework, exact=True).click()
    return fold.locator("code").text_content()


def run(text):
    """What the program has at its top level in the end."""
    names = {}
    try:
        exec(compile(text, "playground.py", "exec"), names)
    finally:
        if "torch" in names:  # it sets this for the whole process
            names["torch"].set_flush_denormal(False)
    return names


@pytest.fixture(scope="module", params=SHOWN)
def trained(request, page):
    """The network's programs, and its numbers at the start and after some steps."""
    page.open(SHOWN[request.param])
    sources = {name: source(page, name) for name in ("Keras", "PyTorch")}
    (start,) = page.numbers()
    steps = FEWER.get(request.param, STEPS)
    page.steps(steps)
    (end,) = page.numbers()
    return sources, steps, start, end


# Rounding alone tells them apart: at most 2e-6 for the gradients and 3e-5 for the
# losses was seen.
def test_the_program_has_the_gradients_on_show_and_the_loss_after_some_steps(
    trained, framework
):
    sources, steps, start, end = trained
    text = sources[framework]
    assert f"The playground's network in {framework}." in text
    assert "\nSTEPS = 100\n" in text
    assert max(map(len, text.splitlines())) <= 80
    found = run(text.replace("STEPS = 100", f"STEPS = {steps}"))
    np.testing.assert_allclose(found["by_z"], start[0], rtol=1e-5)
    np.testing.assert_allclose(found["by_kernel"], start[1], rtol=1e-5)
    loss = found["loss"].detach() if framework == "PyTorch" else found["loss"]
    np.testing.assert_allclose(float(loss), end[2], rtol=1e-4)


def test_what_is_exactly_zero_on_show_is_zero_in_the_program_in_pytorch(page):
    pytest.importorskip("torch", reason="torch is not installed")
    page.open("?depth=50")
    text = source(page, "PyTorch").replace("STEPS = 100", "STEPS = 1")
    ((on_show, *_),) = page.numbers()
    assert not all(on_show) and any(on_show)
    np.testing.assert_array_equal(np.equal(run(text)["by_z"], 0), np.equal(on_show, 0))


def test_the_program_of_each_network_can_be_seen_and_downloaded_and_runs_alone(
    page, framework, tmp_path
):
    page.open("?try=relu")
    sigmoid = {"Keras": 'Activation("sigmoid")', "PyTorch": "nn.Sigmoid()"}[framework]
    relu = {"Keras": 'Activation("relu")', "PyTorch": "nn.ReLU()"}[framework]
    assert sigmoid in source(page, framework)
    page.page.locator(".pg-more").get_by_role("button", name="Network B").click()
    with page.page.expect_download() as waiting:
        page.click("Download")
    names = {"Keras": "playground.py", "PyTorch": "playground_torch.py"}
    assert waiting.value.suggested_filename == names[framework]
    waiting.value.save_as(tmp_path / "saved.py")
    text = (tmp_path / "saved.py").read_text()
    assert text == source(page, framework) and relu in text
    done = subprocess.run(
        [sys.executable, "saved.py"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert (
        len(lines) == 12
        and lines[0].startswith("layer  1  dL/dW ")
        and lines[-1].startswith("loss of batch 100: ")
    )


def chosen(page):
    """The framework that is pressed, and the one that the box of the program names."""
    pressed = page.locator("[aria-label=Framework] [aria-pressed=true]")
    assert pressed.count() == 1
    (box,) = page.locator(".pg-more pre").all()
    name = pressed.text_content()
    assert f"The playground's network in {name}." in box.text_content()
    return name, box.get_attribute("aria-label")


def test_the_framework_can_be_chosen_by_keyboard(page):
    page.open()
    assert chosen(page.page) == ("Keras", "Keras program")
    page.page.get_by_text(SUMMARY, exact=True).focus()
    for key in ("Enter", "Tab", "Tab", "Space"):
        page.page.keyboard.press(key)
    assert chosen(page.page) == ("PyTorch", "PyTorch program")
    page.page.keyboard.press("Shift+Tab")
    page.page.keyboard.press("Enter")
    assert chosen(page.page) == ("Keras", "Keras program")


def test_the_framework_of_the_tabs_of_pages_is_shown(new_page, serve, site):
    visit = Visit(new_page(), serve(site)).open()
    shown = {}
    for kept in (
        ["JAX", "PyTorch", "Keras"],
        ["Keras", "PyTorch"],
        ["JAX"],
        "nonsense",
    ):
        visit.page.evaluate("(kept) => __md_set('__tabs', kept)", kept)
        visit.open()
        shown["".join(kept)], _ = chosen(visit.page)
    assert shown == {
        "JAXPyTorchKeras": "PyTorch",
        "KerasPyTorch": "Keras",
        "JAX": "Keras",
        "nonsense": "Keras",
    }
    assert visit.faults == []
