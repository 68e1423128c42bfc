"""How values are written, and claims compared."""

from types import SimpleNamespace

import pytest

from measured import SiteError
from measured.text.claims import Claim, compare, format_value

VALUES = {
    "half": 0.5,
    "tiny": 3.2e-7,
    "loss": -1.25,
    "n": 12,
    "seeds": [1, 2, 6],
    "net.relu": [0, 1],
    "lost": float("nan"),
    "net.lost": [1, float("inf")],
}
RESULTS = {"a": SimpleNamespace(values=VALUES, figures=["a.svg"])}


@pytest.mark.parametrize(
    "reference, text",
    [
        ("{{ a.half }}", "0.5"),
        ("{{a.n}}", "12"),
        ("{{ a.half:.0% }}", "50%"),
        ("{{ a.tiny:.0e }}", "3×10⁻⁷"),
        ("{{ a.loss:.1f }}", "−1.2"),
        ("{{ a.tiny }}", "3.2×10⁻⁷"),
        ("{{ a.seeds.median }}", "2"),
        ("{{ a.seeds.min }}", "1"),
        ("{{ a.net.relu.mean:.0% }}", "50%"),
    ],
)
def test_a_value_is_written_as_print_has_it(reference, text):
    assert format_value(reference, RESULTS) == text


@pytest.mark.parametrize(
    "claim",
    [
        "1 < {{ a.n }} <= 12",
        "{{ a.half }} < {{ a.n }}",
        "-2 < {{ a.loss }}",
        "{{ a.tiny }} < 1e-6",
    ],
)
def test_a_claim_compares_numbers_and_values(claim):
    assert len(compare(claim, RESULTS)[0]) == len(compare(claim, RESULTS)[1]) + 1


@pytest.mark.parametrize(
    "claim, margin",
    [
        ("{{ a.seeds.median }} < 6", 4 / 14**0.5 * 3**0.5),
        ("1 < {{ a.net.relu.max }} < 3", 0),
        ("{{ a.net.relu.mean }} < 1", 0.5 / (0.5 / 2**0.5)),
        ("{{ a.seeds.max }} > {{ a.net.relu.max }}", 5 / (14 / 3 + 0.25) ** 0.5),
        ("{{ a.n }} > 2", None),
    ],
)
def test_a_claim_s_margin_is_its_distance_in_spreads_over_seeds(claim, margin):
    found = Claim("", 1, "", "", *compare(claim, RESULTS)).margin
    assert found == (margin if margin is None else pytest.approx(margin))


@pytest.mark.parametrize(
    "claim, times",
    [
        ("{{ a.n }} < 36", 3),
        ("4 < {{ a.n }} < 1000", 3),
        ("{{ a.n }} > 0", None),
        ("{{ a.n }} > {{ a.seeds.max }}", None),
    ],
)
def test_a_bound_s_distance_is_how_many_times_a_value_is_from_it(claim, times):
    assert Claim("", 1, "", "", *compare(claim, RESULTS)).distance == times


@pytest.mark.parametrize("name", ["seeds", "net.relu"])
def test_a_value_with_a_number_for_each_seed_needs_a_statistic(name):
    with pytest.raises(
        SiteError, match=f"'a.{name}' has a number for each seed: add one of .median"
    ):
        format_value(f"{{{{ a.{name} }}}}", RESULTS)


@pytest.mark.parametrize(
    "value, cause",
    [("lost", "'a.lost' is nan"), ("net.lost.min", "'a.net.lost' is inf")],
)
def test_a_number_that_is_not_finite_is_refused_where_a_page_uses_it(value, cause):
    with pytest.raises(SiteError, match=f"the value {cause}: mend the program"):
        format_value(f"{{{{ a.{value} }}}}", RESULTS)


@pytest.mark.parametrize(
    "claim",
    [
        "{{ a.n }} + 1 > 2",
        "abs({{ a.n }}) > 2",
        "{{ a.n:.1f }} > 2",
        "{{ a.n }} > 2 and 1 < 2",
        "{{ a.n }} > x",
        "1 < 2",
        "",
    ],
)
def test_anything_else_is_refused(claim):
    with pytest.raises(SiteError):
        compare(claim, RESULTS)


def test_a_claim_holds_where_all_its_comparisons_do():
    def holds(claim):
        return Claim("", 1, "", "", *compare(claim, RESULTS)).holds

    assert holds("1 < {{ a.n }} <= 12") and not holds("1 < {{ a.n }} < 12")
