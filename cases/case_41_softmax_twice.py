"""Source: tensorflow/tensorflow#14405 and https://discuss.pytorch.org/t/cross-entropy-loss-is-not-decreasing/43814 (softmax before CrossEntropyLoss)
Fault: the model ends in softmax and the loss applies softmax again (from_logits=True); 12 epochs of SGD stay near log(10).
Want: softmax is applied twice.
"""

from cases.common import *


def build(fixed=False):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=not fixed)
    twice = lambda y, p: loss(
        y, p * 1.0
    )  # a loss of one's own; Keras does not see where p comes from
    model = mlp((64,), *dense(2, 64, "relu"), layers.Dense(10, "softmax"))
    model.compile(
        keras.optimizers.SGD(0.05), loss if fixed else twice, metrics=["accuracy"]
    )
    return model, DIGITS, LABELS, dict(epochs=12), accuracy(DIGITS, LABELS)
