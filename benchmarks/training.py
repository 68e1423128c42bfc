"""How many training steps of a network does a second hold?

Keras' loops, the site's stack, JAX and PyTorch take turns. `make benchmark` prints, for
the tutorial's network and for a deep one, each way's steps of one network per second
(median over rounds), and its median ratios to `fit` and to the stack of the same round.
Every way has a process of its own and the same one core, trains in float32 with Adam on
the whole data at each step, and is warm: built, compiled and run once.
"""

import json
import os
import statistics
import subprocess
import sys
import time

import numpy as np

ROUNDS, SECONDS, RATE = 5, 1.0, 1e-3  # seconds: about what each way gets a round
NETS = {  # sizes, samples, members
    "2-8-8-1, 4 samples, 1000 members": ((2, 8, 8, 1), 4, 1000),
    "20 layers of 64, 128 samples, 10 members": ((64, *[64] * 20, 10), 128, 10),
}


def data(sizes, samples):
    rng = np.random.default_rng(0)
    return rng.normal(size=(samples, sizes[0])).astype("float32"), rng.integers(
        0, max(sizes[-1], 2), samples
    )


def keras_model(sizes):
    import keras

    layers = [keras.layers.Dense(width, "relu") for width in sizes[1:-1]] + [
        keras.layers.Dense(sizes[-1])
    ]
    model = keras.Sequential([keras.Input((sizes[0],)), *layers])
    kind = (
        keras.losses.BinaryCrossentropy
        if sizes[-1] == 1
        else keras.losses.SparseCategoricalCrossentropy
    )
    model.compile(keras.optimizers.Adam(RATE), kind(from_logits=True))
    return model


# Each way: (sizes, samples, members) -> how many networks take part, and a function
# that trains them for some steps.


def fit(sizes, samples, members):
    model, (x, y) = keras_model(sizes), data(sizes, samples)
    return 1, lambda steps: model.fit(x, y, batch_size=samples, epochs=steps, verbose=0)


def train_on_batch(sizes, samples, members):
    model, (x, y) = keras_model(sizes), data(sizes, samples)
    return 1, lambda steps: [model.train_on_batch(x, y) for _ in range(steps)]


def tf_function(sizes, samples, members):
    import tensorflow as tf

    model, (x, y) = keras_model(sizes), map(tf.constant, data(sizes, samples))
    y = y[:, None] if sizes[-1] == 1 else y

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            loss = model.loss(y, model(x, training=True))
        model.optimizer.apply(
            tape.gradient(loss, model.trainable_variables), model.trainable_variables
        )

    return 1, lambda steps: [step() for _ in range(steps)]


def stack(sizes, samples, members, xla=False):
    import keras
    from stack import Stack, trainer

    x, y = data(sizes, samples)
    return members, trainer(
        Stack(sizes, range(members)), x, y, keras.optimizers.Adam(RATE), xla=xla
    )


def stack_xla(sizes, samples, members):
    return stack(sizes, samples, members, xla=True)


def jax_vmap(sizes, samples, members):
    import jax
    from jax import numpy as jnp

    x, y = data(sizes, samples)
    shapes = list(zip(sizes, sizes[1:]))
    rng = np.random.default_rng(0)
    kernels = [
        rng.uniform(-1, 1, (members, *s)).astype("float32") * (6 / sum(s)) ** 0.5
        for s in shapes
    ]
    params = [
        (jnp.array(kernel), jnp.zeros((members, kernel.shape[2]))) for kernel in kernels
    ]

    def loss(params):
        h = x
        for kernel, bias in params[:-1]:
            h = jax.nn.relu(h @ kernel + bias)
        logits = h @ params[-1][0] + params[-1][1]
        if sizes[-1] == 1:
            return jnp.mean(
                jnp.maximum(logits[:, 0], 0)
                - logits[:, 0] * y
                + jnp.log1p(jnp.exp(-abs(logits[:, 0])))
            )
        return -jnp.mean(jax.nn.log_softmax(logits)[jnp.arange(samples), y])

    def step(state, _):
        params, m, v, t = state
        value, found = jax.value_and_grad(loss)(params)
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, found)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, found)
        rate = RATE * jnp.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        params = jax.tree.map(
            lambda p, m, v: p - rate * m / (jnp.sqrt(v) + 1e-7), params, m, v
        )
        return (params, m, v, t + 1), value

    def train(state, steps):
        return jax.lax.scan(step, state, length=steps)

    compiled = jax.jit(jax.vmap(train, in_axes=(0, None)), static_argnums=1)
    zeros = jax.tree.map(jnp.zeros_like, params)
    state = (params, zeros, zeros, jnp.ones(members))

    def run(steps):
        nonlocal state
        state, losses = compiled(state, steps)
        return np.asarray(losses)

    return members, run


def torch_vmap(sizes, samples, members):
    import torch
    from torch import nn

    x, y = map(torch.tensor, data(sizes, samples))
    kind = (
        nn.functional.binary_cross_entropy_with_logits
        if sizes[-1] == 1
        else nn.functional.cross_entropy
    )
    target = y.float()[:, None] if sizes[-1] == 1 else y

    def network():
        pairs = [(nn.Linear(a, b), nn.ReLU()) for a, b in zip(sizes, sizes[1:])]
        return nn.Sequential(*[layer for pair in pairs for layer in pair][:-1])

    nets = [network() for _ in range(members)]
    params, _ = torch.func.stack_module_state(nets)
    gradient = torch.func.vmap(
        torch.func.grad(
            lambda p: kind(torch.func.functional_call(nets[0], p, (x,)), target)
        ),
        in_dims=(0,),
    )
    adam = torch.optim.Adam(params.values(), RATE)

    def run(steps):
        for _ in range(steps):
            for parameter, found in zip(
                params.values(), gradient(dict(params)).values()
            ):
                parameter.grad = found
            adam.step()

    return members, run


WAYS = {
    way.__name__: way
    for way in (
        stack,
        stack_xla,
        fit,
        train_on_batch,
        tf_function,
        jax_vmap,
        torch_vmap,
    )
}
OTHERS = {
    "jax_vmap",
    "torch_vmap",
}  # installed beside the project, so that nothing of theirs gets into it


def serve(way, net):
    """Be one way's process.

    For each line on stdin it trains for a while, and answers with its steps a second.
    """
    members, run = WAYS[way](*net)
    steps = 2
    while True:  # twice as many until they take long enough
        run(steps)
        start = time.perf_counter()
        run(steps)
        if (taken := time.perf_counter() - start) > SECONDS / 2:
            break
        steps = int(steps * min(max(SECONDS / taken, 2), 50))
    print("ready", flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        run(steps)
        print(members * steps / (time.perf_counter() - start), flush=True)


def compare(net, rivals):
    """Steps per second of each way, by round: {way: [number, ...]}."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    environment = {
        **os.environ,
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "",
    }
    processes = {}
    for way in WAYS:
        command = [
            rivals if way in OTHERS else sys.executable,
            __file__,
            way,
            json.dumps(net),
        ]
        processes[way] = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        if processes[way].stdout.readline() != "ready\n":
            sys.exit(f"{way} did not start")
    found = {way: [] for way in WAYS}
    for _ in range(ROUNDS):
        for way, process in processes.items():
            process.stdin.write("go\n")
            found[way].append(float(process.stdout.readline()))
    for process in processes.values():
        process.stdin.close()
        process.wait()
    return found


def main(rivals):
    for name, net in NETS.items():
        found = compare(net, rivals)
        print(f"\n{name}\n{'':16} steps/s  times fit  stack xla's")
        for way, rates in found.items():
            ratios = (
                statistics.median(a / b for a, b in zip(rates, found[other]))
                for other in ("fit", "stack_xla")
            )
            print(
                "{:16} {:9,.0f} {:9,.0f} {:9.2f}".format(
                    way, statistics.median(rates), *ratios
                )
            )


if __name__ == "__main__":
    serve(sys.argv[1], json.loads(sys.argv[2])) if len(sys.argv) == 3 else main(
        sys.argv[1]
    )
