"""Healthy: a student learns from a frozen teacher through compute_loss, after keras.io/examples/vision/knowledge_distillation."""

from keras import ops

from cases.common import *


class Distiller(keras.Model):
    def __init__(self, teacher, student):
        super().__init__()
        self.teacher, self.student = teacher, student

    def call(self, x):
        return self.student(x)

    def compute_loss(
        self, x=None, y=None, y_pred=None, sample_weight=None, training=True
    ):
        soft = ops.softmax(self.teacher(x, training=False) / 3)
        return (
            0.1
            * ops.mean(
                keras.losses.sparse_categorical_crossentropy(
                    y, y_pred, from_logits=True
                )
            )
            + 0.9
            * ops.mean(keras.losses.kl_divergence(soft, ops.softmax(y_pred / 3)))
            * 9
        )


def build():
    teacher, student = (
        mlp((64,), *dense(2, 128, "relu"), layers.Dense(10)),
        mlp((64,), *dense(1, 32, "relu"), layers.Dense(10)),
    )
    teacher.compile(
        "adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    )
    teacher.fit(DIGITS, LABELS, epochs=6, verbose=0)
    teacher.trainable = False
    model = Distiller(teacher, student)
    model(DIGITS[:2])
    model.compile(keras.optimizers.Adam(0.01))
    return model, DIGITS, LABELS, dict(epochs=6), accuracy(DIGITS, LABELS)
