"""Puts causes before what follows from them."""

from collections.abc import Iterable
from dataclasses import replace

from gradient_doctor.finding import Finding, by_seriousness

SICK = {"vanishing", "collapsed", "dead", "saturated", "zero-gradient", "step-small"}
COURSE = {"loss-flat", "loss-rising", "loss-jumps", "train-predict-gap"}
BLOWN = {"non-finite", "dead", "saturated", "collapsed"}
EFFECTS = {  # cause -> what may follow from it
    "data-not-finite": {"non-finite", *COURSE},
    "data-scale": {"zero-gradient", "exploding", "step-large", *BLOWN, *COURSE},
    "data-order": COURSE,
    "labels-scale": {"step-small", "step-large", *COURSE},
    "labels-unrelated": {"loss-flat"},
    "labels-range": {"loss-impossible", *SICK, "exploding", *BLOWN, *COURSE},
    "loss-impossible": {*SICK, "exploding", *BLOWN, *COURSE},
    "labels-shape": COURSE,
    "labels-several": {"loss-flat"},
    "loss-constant": {*SICK, *COURSE},
    "loss-summed": {"exploding", *BLOWN, *COURSE},
    "output-activation": {"loss-constant", "step-large", *SICK, *COURSE},
    "output-logits": {*SICK, *COURSE},
    "frozen": {"zero-gradient", "loss-flat"},
    "disconnected": {"collapsed", "loss-flat"},
    "step-none": {"loss-flat"},
    "step-clipped": {"step-small", "loss-flat"},
    "step-epsilon": {"non-finite", "step-large"},
    "step-large": {"zero-gradient", *BLOWN, *COURSE},
    "weights-alike": {*SICK, "loss-flat"},
    "penalty": {"weights-alike", *SICK, "loss-flat"},
    "exploding": {"step-large", *BLOWN, *COURSE},
    "vanishing": {"collapsed", "step-small", "loss-flat"},
    "dead": {"zero-gradient", "collapsed", "vanishing", "loss-flat"},
    "saturated": {"zero-gradient", "collapsed", "vanishing", "loss-flat"},
    "zero-gradient": {"loss-flat"},
    "collapsed": {"loss-flat"},
    "step-small": {"loss-flat"},
}


def order_causes(findings: Iterable[Finding]) -> list[Finding]:
    """Causes first, each with the names of its effects, which come behind.

    An effect of several belongs to the most serious.
    """
    ordered = by_seriousness(list(findings))
    kinds = {finding.kind for finding in ordered}
    follows = set().union(*map(all_effects, kinds))
    causes = [finding for finding in ordered if finding.kind not in follows]
    told, left = [], [finding for finding in ordered if finding.kind in follows]
    behind: list[Finding] = []
    for cause in causes:
        reach = all_effects(cause.kind)
        own = [finding for finding in left if finding.kind in reach]
        left = [finding for finding in left if finding.kind not in reach]
        names = tuple(dict.fromkeys(f"{f.kind}: {f.where}" for f in own))
        told.append(replace(cause, effects=names))
        behind += own
    return told + behind + left


def all_effects(kind: str) -> set[str]:
    """What may follow from a kind, and what from that; never the kind itself."""
    found, new = set[str](), {kind}
    while new := set().union(*(EFFECTS.get(cause, ()) for cause in new)) - found:
        found |= new
    return found - {kind}
