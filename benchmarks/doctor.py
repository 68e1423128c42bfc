"""What does the gradient doctor cost, at its defaults?

`make benchmark` prints, for three networks, the share of the training time that
examinations take, as the callback counts it by the clock and by the processor's time
(medians over rounds), and fails where either exceeds a tenth. Then what an examination
takes, in seconds and in training steps on as many samples: of the same networks once
they were examined before, and of a ResNet50.
"""

import statistics
import sys
import time

import keras
import numpy as np
import tensorflow as tf

from gradient_doctor import GradientDoctor, examine

ROUNDS, LIMIT = 3, 0.10
RNG = np.random.default_rng(0)
layers = keras.layers


def dense():
    hidden = [layers.Dense(256, "relu") for _ in range(4)]
    return (
        keras.Sequential([keras.Input((64,)), *hidden, layers.Dense(10, "softmax")]),
        (64,),
        20_000,
        20,
    )


def convolutional():
    parts = [layers.Conv2D(32, 3, activation="relu", padding="same") for _ in range(4)]
    head = [layers.GlobalAveragePooling2D(), layers.Dense(10, "softmax")]
    return (
        keras.Sequential([keras.Input((16, 16, 3)), *parts, *head]),
        (16, 16, 3),
        2_000,
        15,
    )


def recurrent():
    return (
        keras.Sequential(
            [keras.Input((20, 8)), layers.LSTM(64), layers.Dense(10, "softmax")]
        ),
        (20, 8),
        5_000,
        25,
    )


class Timed(GradientDoctor):
    """A doctor that adds up the processor's seconds of its examinations.

    Other programs disturb a clock more.
    """

    processor = 0.0

    def look(self, *args, **options):
        start = time.process_time()
        super().look(*args, **options)
        self.processor += time.process_time() - start


def fit(make):
    """Train with a doctor: processor's seconds without examinations, and the doctor."""
    keras.utils.set_random_seed(0)
    model, shape, count, epochs = make()
    model.compile("adam", "sparse_categorical_crossentropy")
    x, y = (
        RNG.normal(size=(count, *shape)).astype("float32"),
        RNG.integers(0, 10, count),
    )
    model.fit(x[:64], y[:64], verbose=0)  # compiled before the clock starts
    doctor, start = Timed(x, y), time.process_time()
    model.fit(x, y, epochs=epochs, batch_size=64, verbose=0, callbacks=[doctor])
    return time.process_time() - start - doctor.processor, doctor


def residual():
    model = keras.applications.ResNet50(weights=None, classes=10)
    return model, (224, 224, 3), 32, 1


def seconds(run):
    """The least of three runs: others disturb a clock upwards alone."""
    found = []
    for _ in range(3):
        start = time.perf_counter()
        run()
        found.append(time.perf_counter() - start)
    return min(found)


def time_examination(make):
    """Seconds of an examination, and of a training step on as many samples."""
    keras.utils.set_random_seed(0)
    model, shape, count, _ = make()
    model.compile("adam", "sparse_categorical_crossentropy")
    x = RNG.normal(size=(min(count, 128), *shape)).astype("float32")
    y = RNG.integers(0, 10, len(x))
    samples = examine(model, x, y).samples
    model.train_on_batch(x[:samples], y[:samples])  # traced before the clock starts
    step = seconds(lambda: model.train_on_batch(x[:samples], y[:samples]))
    return seconds(lambda: examine(model, x, y)), step, samples


def main():
    tf.config.set_visible_devices([], "GPU")
    tf.config.threading.set_intra_op_parallelism_threads(1)  # on the same one core
    tf.config.threading.set_inter_op_parallelism_threads(1)
    heads = f"{'network':15}{'training, s':>12}{'looks':>7}{'left out':>10}"
    print(f"{heads}{'clock':>8}{'processor':>11}", flush=True)
    worst = 0.0
    for make in (dense, convolutional, recurrent):
        rounds = [fit(make) for _ in range(ROUNDS)]
        plain = statistics.median(seconds for seconds, _ in rounds)
        clock = statistics.median(doctor.cost for _, doctor in rounds)
        processor = statistics.median(
            doctor.processor / seconds for seconds, doctor in rounds
        )
        looks, skipped = len(rounds[-1][1].history["step"]), rounds[-1][1].skipped
        print(
            f"{make.__name__:15}{plain:12.1f}{looks:7}{skipped:10}{clock:8.1%}{processor:11.1%}",
            flush=True,
        )
        worst = max(worst, clock, processor)
    heads = f"{'network':15}{'samples':>9}{'examination, s':>16}"
    print(f"\n{heads}{'training step, s':>18}{'ratio':>8}", flush=True)
    for make in (dense, convolutional, recurrent, residual):
        examination, step, samples = time_examination(make)
        row = f"{make.__name__:15}{samples:9}{examination:16.2f}{step:18.2f}"
        print(f"{row}{examination / step:8.1f}", flush=True)
    sys.exit(
        f"the doctor took {worst:.1%} of the training time, more than {LIMIT:.0%}"
        if worst > LIMIT
        else 0
    )


if __name__ == "__main__":
    main()
