"""A finding: what is wrong, on what evidence, its likely cause, and what to change."""

from dataclasses import dataclass, field

SITE = ""  # address of the pages that explain findings, with a slash at its end

# --8<-- [start:kinds]
# What each kind means, most serious first: in this order findings are told.
KINDS = {
    "data-not-finite": "x or y holds NaN or infinite values",
    "labels-shape": "labels and outputs differ in shape, and are compared",
    "labels-range": "labels lie where no output can be, or name no class",
    "labels-several": "several labels hold at once, and a softmax allows one",
    "loss-constant": "the loss does not depend on the outputs",
    "output-activation": "the last activation does not fit loss or labels",
    "output-logits": "the loss takes logits for probabilities, or the reverse",
    "frozen": "weights are set not to train",
    "disconnected": "no path leads from the loss to some weights",
    "step-none": "the optimizer moves no weight",
    "step-clipped": "gradients are clipped far below their norm",
    "step-epsilon": "the optimizer's epsilon is too small for its precision",
    "weights-alike": "units start with the same weights and never differ",
    "non-finite": "values are lost inside the network",
    "exploding": "the gradient grows from layer to layer or step to step",
    "step-large": "a step is large against the weights that it changes",
    "loss-summed": "the loss is a sum over the batch, and steps grow with it",
    "penalty": "regularization pulls harder than the loss",
    "data-order": "each batch holds a single class",
    "data-scale": "columns of x are huge, far from zero, or on unlike scales",
    "data-constant": "columns or rows of x do not vary",
    "labels-constant": "y has a single value",
    "labels-scale": "targets are huge or far from zero",
    "labels-unrelated": "x tells a simple model nothing of y",
    "vanishing": "the gradient shrinks from layer to layer or step to step",
    "zero-gradient": "a gradient is exactly zero",
    "dead": "units are silent for all samples",
    "saturated": "units lie where their activation is flat",
    "collapsed": "samples look alike inside the network",
    "step-small": "a step is tiny against the weights that it changes",
    "loss-impossible": "the loss is lower than it can be",
    "loss-rising": "the loss rises",
    "loss-jumps": "the loss jumps",
    "loss-flat": "the loss stands still from the start",
    "train-predict-gap": "in prediction the network does not do as in training",
}
# --8<-- [end:kinds]


# --8<-- [start:Finding]
@dataclass(frozen=True)
class Finding:
    """One thing that is wrong.

    kind: a key of KINDS. layer: its name, or None for the whole model.
    says: the evidence in words, with its numbers. cause: the likely one.
    change: one sentence. certainty: "certain", "likely" or "possible".
    evidence: the numbers by name. effects: findings that follow from this
        one, as "kind: layer".
    """

    kind: str
    layer: str | None
    says: str
    cause: str
    change: str
    certainty: str = "certain"
    evidence: dict = field(default_factory=dict)
    effects: tuple[str, ...] = ()
    # --8<-- [end:Finding]

    @property
    def where(self) -> str:
        return self.layer or "the whole model"

    @property
    def page(self) -> str:
        """The address of the page that explains it, else the explanation itself."""
        known = KINDS[self.kind]
        return f"{SITE}diagnose/findings/#{self.kind}" if SITE else known

    def __str__(self) -> str:
        text = f"{self.kind}: {self.where}: {self.says}. {self.cause} {self.change}"
        follows = f" From it follow {', '.join(self.effects)}." if self.effects else ""
        read = f" Read {self.page}" if SITE else ""
        return f"{text} ({self.certainty}){follows}{read}"


def by_seriousness(findings: list[Finding]) -> list[Finding]:
    """Most serious first."""
    order = list(KINDS)
    return sorted(findings, key=lambda found: order.index(found.kind))
