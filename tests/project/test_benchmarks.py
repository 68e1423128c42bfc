"""What `make benchmark` measures, in small: each measure runs to its end."""

import pytest
from playwright.sync_api import sync_playwright

from benchmarks import compare, playground, site
from tests.browser import launch
from tests.conftest import ROOT


@pytest.fixture
def in_snippets(monkeypatch):
    """As `make benchmark` calls what measures training."""
    monkeypatch.syspath_prepend(ROOT / "snippets")
    monkeypatch.syspath_prepend(ROOT / "benchmarks")


@pytest.mark.slow
def test_a_site_is_timed_beside_the_same_pages_without_the_engine(
    small, tmp_path, capsys
):
    rounds = site.compare(small.root, tmp_path, times=2, page="index", rounds=1)
    assert all(seconds > 0 for seconds in rounds[0])
    copied = (tmp_path / "ours-2/docs").rglob("*.md")
    assert len(list(copied)) == 2 * len(list(small.root.glob("docs/**/*.md")))
    shown = tmp_path / "plain-2/site/index.html"
    assert (
        "The factor is 0.062" in shown.read_text() and "katex" not in shown.read_text()
    )
    site.tell(2, rounds)
    assert "2 x pages  warm" in capsys.readouterr().out


@pytest.mark.slow
def test_a_cold_build_is_timed_and_its_results_serve_what_is_timed_next(
    small, tmp_path, capsys
):
    cold = site.build_cold(small.root, tmp_path)
    assert "of the processor on" in capsys.readouterr().out
    ours = site.copy(cold, tmp_path / "ours")
    assert (ours / ".cache/experiments/tiny/values.json").exists()
    assert site.seconds(ours) > 0


@pytest.mark.slow
def test_builds_of_a_program_are_timed(tmp_path, monkeypatch):
    monkeypatch.setattr(compare, "NAMES", {"activations": "sigmoid_max"})
    monkeypatch.setattr(compare, "edit", lambda path: path.touch())
    assert min(compare.measure(compare.ours, tmp_path / "ours")) > 0


def test_what_the_doctor_costs_is_told_for_a_network(in_snippets):
    doctor = __import__("doctor")

    def tiny():
        model, shape, _, _ = doctor.dense()
        return model, shape, 640, 2

    seconds, watched = doctor.fit(tiny)
    assert seconds > 0 and watched.history["step"]


def test_steps_of_the_stack_and_of_keras_fit_are_counted(in_snippets):
    training = __import__("training")
    for way in (training.stack, training.fit):
        members, run = way((2, 4, 1), 4, 3)
        run(2)
        assert members in (1, 3)


def test_steps_of_the_playground_are_counted_in_a_browser(monkeypatch):
    for name, value in {"WAYS": ("playground",), "ROUNDS": 1, "SECONDS": 0.05}.items():
        monkeypatch.setattr(playground, name, value)
    net = {"depth": 2, "width": 4, "activation": "relu"}
    with sync_playwright() as driver, playground.served() as base:
        browser = launch(driver)
        found = playground.compare(browser, base, net)
        browser.close()
    assert found["playground"][0] > 0
