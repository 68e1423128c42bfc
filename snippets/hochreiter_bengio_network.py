"""How much of the error passes 40 steps back through one logistic unit?

Fixed: one unit that feeds itself, no input, a bias that centers it. Varies: its
weight. Nothing is drawn at random. It prints the factor of the error per step.
"""

# --8<-- [start:network]
import keras
import numpy as np
import tensorflow as tf

WEIGHTS = (1, 2, 3.9, 5, 8, 16)
steps = 40

layer = keras.layers.SimpleRNN(1, "sigmoid")
no_input = tf.zeros((1, steps, 1))
layer(no_input)

factor = []
for weight in WEIGHTS:
    # The sum is zero, where the slope is largest, at an activation of one half.
    values = [[[0]], [[weight]], [-weight / 2]]  # of input, state and bias
    layer.set_weights([np.array(each, "float32") for each in values])
    first = tf.constant([[0.6]])
    with tf.GradientTape() as tape:
        tape.watch(first)
        last = layer(no_input, initial_state=first)
    left = abs(tape.gradient(last, first).numpy().item())
    factor.append(left ** (1 / steps))
    print(f"weight {weight:4}: {factor[-1]:.2f} a step, {left:.0e} in all")
# --8<-- [end:network]

largest = max(factor)
at_two = factor[WEIGHTS.index(2)]
at_eight = factor[WEIGHTS.index(8)]
