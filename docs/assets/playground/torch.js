/* What is PyTorch's own in the program of the network on show. */

export const file = "playground_torch.py";

const ACTIVATIONS = {
  sigmoid: () => "Sigmoid()",
  tanh: () => "Tanh()",
  relu: () => "ReLU()",
  leaky: ({ alpha }) => `LeakyReLU(${alpha})`,
  elu: () => "ELU()",
  gelu: () => "GELU()",
  selu: () => "SELU()",
  silu: () => "SiLU()",
};
const NORMALIZATION = { batch: "BatchNorm1d", layer: "LayerNorm" };
const SKIP = { none: "a", plain: "h + a if layer else a", scaled: "h + DEPTH**-0.5 * a if layer else a" };
const OPTIMIZER = {
  sgd: (rate) => `SGD(model.parameters(), lr=${rate})`,
  momentum: (rate) => `SGD(model.parameters(), lr=${rate}, momentum=0.9)`,
  adam: (rate) => `Adam(model.parameters(), lr=${rate})`,
};
const STEPS = `for samples in batches():
`;
const ADAM_STEPS = `for step, samples in enumerate(batches(), start=1):
    # Keras adds 1e-7 before it corrects the mean square, PyTorch after that.
    optimizer.param_groups[0]["eps"] = 1e-7 / (1 - 0.999**step) ** 0.5
`;

export const imports = (data) =>
  `import numpy as np
import torch
${data}from torch import nn
`;

export const tensors = (classes) =>
  `x = torch.from_numpy(x)
y = torch.from_numpy(y${classes === 1 ? `[:, None].astype("float32")` : ""})
`;

/** The model, its first gradients, and its steps. */
export function training(choices, classes) {
  const { activation, normalization, skip, optimizer, rate } = choices;
  const norm = NORMALIZATION[normalization];
  const made = `nn.${norm}(WIDTH, eps=1e-3)`;
  const normalized = (line) => norm ? `${line}\n` : "";
  return `# Too small for float32 is zero, as in TensorFlow.
torch.set_flush_denormal(True)


# Model
class Network(nn.Module):
    """Gives the z of every layer; the last one's are the logits."""

    def __init__(self):
        super().__init__()
        self.dense = nn.ModuleList()
${normalized("        self.norm = nn.ModuleList()")}        for layer in range(DEPTH):
            n_in = WIDTH if layer else x.shape[1]
            self.dense.append(nn.Linear(n_in, WIDTH${norm ? ", bias=False" : ""}))
${
    normalized(`            self.norm.append(${made})  # Keras' epsilon`)
  }        self.dense.append(nn.Linear(WIDTH, ${classes}))
        self.activation = nn.${ACTIVATIONS[activation](choices)}

    def forward(self, h):
        all_z = []
        for layer in range(DEPTH):
            z = self.dense[layer](h)
${normalized("            z = self.norm[layer](z)")}            a = self.activation(z)
            h = ${SKIP[skip]}
            all_z.append(z)
        return [*all_z, self.dense[-1](h)]


model = Network()
for i, layer in enumerate(model.dense):
    draw = first_kernel if i < DEPTH else head_kernel
    n_out, n_in = layer.weight.shape
    kernel = torch.from_numpy(draw(n_in, n_out, 100 + i))
    layer.weight.data.copy_(kernel.T)
${norm ? "nn.init.zeros_(model.dense[-1].bias)" : "    nn.init.zeros_(layer.bias)"}  # Keras' default, not PyTorch's
loss_of = nn.${classes === 1 ? "BCEWithLogitsLoss" : "CrossEntropyLoss"}()


def norms(tensors):
    """In float64: squares of small numbers are zero in float32."""
    return [tensor.double().norm().item() for tensor in tensors]


# Gradients of the first batch
samples = next(batches())
all_z = model(x[samples])
for z in all_z:
    z.retain_grad()
loss = loss_of(all_z[-1], y[samples])
loss.backward()
by_kernel = norms(layer.weight.grad for layer in model.dense)
by_z = norms(z.grad for z in all_z)
for layer, pair in enumerate(zip(by_kernel, by_z), start=1):
    print("layer {:2}  dL/dW {:.2e}  dL/dz {:.2e}".format(layer, *pair))

# Training
optimizer = torch.optim.${OPTIMIZER[optimizer](rate)}
${optimizer === "adam" ? ADAM_STEPS : STEPS}    optimizer.zero_grad()
    logits = model(x[samples])[-1]
    loss = loss_of(logits, y[samples])
    loss.backward()
    optimizer.step()
`;
}
