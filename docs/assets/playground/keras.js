/* What is Keras' own in the program of the network on show. */

export const file = "playground.py";

const ACTIVATION = ({ activation, alpha }) => {
  return activation === "leaky"
    ? `keras.layers.LeakyReLU(negative_slope=${alpha})`
    : `keras.layers.Activation("${activation}")`;
};
const NORMALIZATION = {
  none: "",
  batch: "    z = keras.layers.BatchNormalization(momentum=0.9)(z)\n",
  layer: "    z = keras.layers.LayerNormalization()(z)\n",
};
const SKIP = { none: "a", plain: "h + a if layer else a", scaled: "h + DEPTH**-0.5 * a if layer else a" };
const OPTIMIZER = {
  sgd: (rate) => `SGD(${rate})`,
  momentum: (rate) => `SGD(${rate}, momentum=0.9)`,
  adam: (rate) => `Adam(${rate})`,
};

export const imports = (data) =>
  `import keras
import numpy as np
import tensorflow as tf
${data}`;

export const tensors = () => "";

/** The model, its first gradients, and its steps. */
export function training(choices, classes) {
  const { normalization, skip, optimizer, rate } = choices;
  const loss = classes === 1 ? "BinaryCrossentropy" : "SparseCategoricalCrossentropy";
  return `# Model
inputs = keras.Input(x.shape[1:])
h = inputs
dense = []
zs = []
for layer in range(DEPTH):
    dense.append(keras.layers.Dense(WIDTH${normalization === "none" ? "" : ", use_bias=False"}))
    z = dense[-1](h)
${NORMALIZATION[normalization]}    a = ${ACTIVATION(choices)}(z)
    h = ${SKIP[skip]}
    zs.append(z)
dense.append(keras.layers.Dense(${classes}))
model = keras.Model(inputs, [*zs, dense[-1](h)])
for i, layer in enumerate(dense):
    draw = first_kernel if i < DEPTH else head_kernel
    layer.kernel.assign(draw(*layer.kernel.shape, 100 + i))
kernels = [layer.kernel for layer in dense]
loss_of = keras.losses.${loss}(from_logits=True)


@tf.function
def gradients(samples):
    """Loss of a batch, and its gradients.

    By the kernels, by the z of every layer, and by all that trains.
    """
    labels = tf.gather(y, samples)${classes === 1 ? "[:, None]" : ""}
    with tf.GradientTape() as tape:
        all_z = model(tf.gather(x, samples), training=True)
        loss = loss_of(labels, all_z[-1])
    sources = kernels, all_z, model.trainable_variables
    return loss, *tape.gradient(loss, sources)


def norms(tensors):
    """In float64: squares of small numbers are zero in float32."""
    return [float(np.linalg.norm(np.float64(tensor))) for tensor in tensors]


_, by_kernel, by_z, _ = gradients(next(batches()))
by_kernel = norms(by_kernel)
by_z = norms(by_z)
for layer, pair in enumerate(zip(by_kernel, by_z), start=1):
    print("layer {:2}  dL/dW {:.2e}  dL/dz {:.2e}".format(layer, *pair))

optimizer = keras.optimizers.${OPTIMIZER[optimizer](rate)}
for samples in batches():
    loss, _, _, found = gradients(samples)
    optimizer.apply(found, model.trainable_variables)
`;
}
