"""Source: https://stackoverflow.com/q/38648195 (benchmark of DeepLocalize, DeepDiagnosis, DeepFD)
Fault: several labels may hold at once, but the outputs are a softmax, under mse.
Want: labels are not exclusive; use sigmoid outputs and binary crossentropy.
"""

from sklearn.datasets import make_multilabel_classification

from cases.common import *


def build(fixed=False):
    x, y = make_multilabel_classification(
        n_samples=2000, n_features=20, n_classes=3, random_state=0
    )
    x, y = standard(x), y.astype("float32")
    part = lambda: [layers.Dense(20, "relu"), layers.Dropout(0.1 if fixed else 0.5)]
    model = mlp(
        (20,), *part(), *part(), layers.Dense(3, "sigmoid" if fixed else "softmax")
    )
    model.compile("adam" if fixed else "sgd", "binary_crossentropy" if fixed else "mse")
    return (
        model,
        x,
        y,
        dict(epochs=10, batch_size=20),
        lambda m: float(np.mean((m.predict(x, verbose=0) > 0.5) == y)),
    )
