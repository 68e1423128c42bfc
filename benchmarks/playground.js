// Each way builds the same network and gives `step()`, which trains one step of SGD and returns the loss, having read
// the norm of every layer's dL/dW. The playground's engine reads dL/dz, weights and updates as well.

const RATE = 1e-3;
const BATCH = 64;

function sizesOf({ depth, width }) {
  return [2, ...Array(depth).fill(width), 1];
}

/** The same first weights and batch for all: Glorot uniform, points in the plane. */
function start(net) {
  const random = (
    (state) => () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32
  )(1);
  const sizes = sizesOf(net);
  const kernels = sizes.slice(1).map((n, i) => {
    const limit = Math.sqrt(6 / (n + sizes[i]));
    return Float32Array.from({ length: sizes[i] * n }, () => limit * (2 * random() - 1));
  });
  const x = Float32Array.from({ length: 2 * BATCH }, () => 2 * random() - 1);
  const y = Float32Array.from({ length: BATCH }, (_, k) => (x[2 * k] * x[2 * k + 1] > 0 ? 1 : 0));
  return { sizes, kernels, x, y };
}

async function playground(net) {
  const { Network } = await import("/engine/network.js");
  const { kernels, x, y } = start(net);
  const network = new Network({
    ...net,
    inputs: 2,
    outputs: 1,
    alpha: 0.1,
    initializer: "glorot",
    spread: 0.05,
    normalization: "none",
    skip: 0,
    optimizer: "sgd",
    seed: 1,
    capacity: BATCH,
  });
  network.layers.forEach(({ dense }, l) => dense.kernel.set(kernels[l]));
  return () => {
    const { loss } = network.step(x, y, BATCH, RATE);
    if (!(network.norms.weight[0] >= 0)) throw new Error("no norm");
    return loss;
  };
}

const script = (path) =>
  new Promise((resolve, reject) => {
    document.head.append(
      Object.assign(document.createElement("script"), { src: path, onload: resolve, onerror: reject }),
    );
  });

async function tfjs(net, backend) {
  await script("/peers/@tensorflow/tfjs/dist/tf.min.js");
  if (backend === "wasm") {
    await script("/peers/@tensorflow/tfjs-backend-wasm/dist/tf-backend-wasm.min.js");
    tf.wasm.setWasmPaths("/peers/@tensorflow/tfjs-backend-wasm/dist/");
  }
  if (!(await tf.setBackend(backend))) throw new Error(`no ${backend}`);
  const { sizes, kernels, x, y } = start(net);
  const w = kernels.map((values, l) => tf.variable(tf.tensor2d(values, [sizes[l], sizes[l + 1]])));
  const b = kernels.map((_, l) => tf.variable(tf.zeros([sizes[l + 1]])));
  const [inputs, labels] = [tf.tensor2d(x, [BATCH, 2]), tf.tensor2d(y, [BATCH, 1])];
  const loss = () => {
    let h = inputs;
    w.forEach((kernel, l) => {
      const z = tf.add(tf.matMul(h, kernel), b[l]);
      h = l < w.length - 1 ? tf[net.activation](z) : z;
    });
    return tf.losses.sigmoidCrossEntropy(labels, h);
  };
  return () =>
    tf.tidy(() => {
      const { value, grads } = tf.variableGrads(loss);
      const norms = tf.stack(w.map((kernel) => tf.norm(grads[kernel.name])));
      for (const variable of [...w, ...b]) variable.assign(tf.sub(variable, tf.mul(grads[variable.name], RATE)));
      const read = tf.concat([tf.reshape(value, [1]), norms]).dataSync();
      return read[0];
    });
}

async function jax_js(net) {
  const { init, defaultDevice, jit, nn, numpy: np, valueAndGrad } = await import("/peers/@jax-js/jax/dist/index.js");
  await init("wasm");
  defaultDevice("wasm");
  const { sizes, kernels, x, y } = start(net);
  const layers = kernels.length;
  let params = kernels.map((values, l) => np.array(values).reshape([sizes[l], sizes[l + 1]]));
  params.push(...kernels.map((_, l) => np.zeros([sizes[l + 1]])));
  const [inputs, labels] = [np.array(x).reshape([BATCH, 2]), np.array(y).reshape([BATCH, 1])];
  const loss = (params, inputs, labels) => {
    let h = inputs;
    for (let l = 0; l < layers; l++) {
      const z = np.matmul(h, params[l]).add(params[layers + l]);
      h = l < layers - 1 ? nn[net.activation](z) : z;
    }
    return nn.softplus(h.ref).sub(h.mul(labels)).mean();
  };
  const move = jit((params, inputs, labels) => {
    const [value, grads] = valueAndGrad(loss)(
      params.map((p) => p.ref),
      inputs,
      labels,
    );
    const norms = grads.slice(0, layers).map((g) => np.sqrt(np.square(g.ref).sum()));
    const moved = params.map((p, i) => p.sub(grads[i].mul(RATE)));
    return [moved, np.stack([value, ...norms])];
  });
  return () => {
    const [moved, read] = move(params, inputs.ref, labels.ref);
    params = moved;
    return read.dataSync()[0];
  };
}

const WAYS = {
  playground,
  "tfjs-cpu": (net) => tfjs(net, "cpu"),
  "tfjs-wasm": (net) => tfjs(net, "wasm"),
  "jax-js": jax_js,
};
let step;

globalThis.prepare = async (way, net) => {
  step = await WAYS[way](net);
  const losses = Array.from({ length: 30 }, step); // warm: compiled, and its code optimized
  return [losses[0], losses[29]];
};

/** Steps per second, over about as many seconds. */
globalThis.measure = (seconds) => {
  const begin = performance.now();
  let steps = 0;
  while (performance.now() - begin < 1000 * seconds) {
    for (let i = 0; i < 5; i++) step();
    steps += 5;
  }
  return steps / ((performance.now() - begin) / 1000);
};
