"""Causes come first, with their effects behind them."""

from gradient_doctor.causes import EFFECTS, all_effects, order_causes
from gradient_doctor.finding import KINDS, Finding


def finding(kind, layer=None):
    return Finding(kind, layer, "says", "Cause.", "Change.")


def test_a_cause_comes_first_and_lists_its_effects():
    found = order_causes(map(finding, ("collapsed", "vanishing", "loss-flat")))
    assert [f.kind for f in found] == ["vanishing", "collapsed", "loss-flat"]
    assert found[0].effects == (
        "collapsed: the whole model",
        "loss-flat: the whole model",
    )


def test_findings_of_different_causes_stand_beside_each_other():
    found = order_causes(map(finding, ("data-scale", "labels-several")))
    assert [(f.kind, f.effects) for f in found] == [
        ("labels-several", ()),
        ("data-scale", ()),
    ]


def test_nothing_is_lost_and_nothing_follows_from_itself():
    every = [finding(kind) for kind in KINDS]
    assert {f.kind for f in order_causes(every)} == set(KINDS)
    assert all(kind not in all_effects(kind) for kind in KINDS)


def test_every_cause_and_effect_is_a_kind():
    assert set(EFFECTS) <= set(KINDS)
    assert all(effects <= set(KINDS) for effects in EFFECTS.values())


def test_a_gradient_that_explodes_makes_the_step_large_and_no_step_makes_it_explode():
    found = order_causes(map(finding, ("step-large", "exploding")))
    assert [f.kind for f in found] == ["exploding", "step-large"]
    assert found[0].effects == ("step-large: the whole model",)
