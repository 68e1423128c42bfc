/* What a reader may choose, the presets, and both in the page's address. */

const number = (label, first, min, max, more) => ({ label, first, min, max, ...more });
const choice = (label, first, names, more) => ({ label, first, names, ...more });

/** Every choice: its first value, and its bounds or its names. shared: one for both networks. */
export const OPTIONS = {
  data: choice(
    "Data",
    "moons",
    {
      moons: "Two moons",
      circles: "Circles",
      xor: "XOR",
      spiral: "Spiral",
      digits: "Digits, 8 × 8",
    },
    { shared: true },
  ),
  depth: number("Hidden layers", 10, 1, 50, { whole: true, slider: true }),
  width: number("Width", 16, 2, 64, { whole: true, slider: true }),
  activation: choice("Activation", "sigmoid", {
    sigmoid: "Sigmoid",
    tanh: "tanh",
    relu: "ReLU",
    leaky: "Leaky ReLU",
    elu: "ELU",
    gelu: "GELU",
    selu: "SELU",
    silu: "SiLU",
  }),
  alpha: number("Slope α below zero", 0.1, 0, 1, { when: ({ activation }) => activation === "leaky" }),
  initializer: choice("First weights", "uniform", {
    uniform: "U(±1/√n)",
    normal: "N(0, s)",
    glorot: "Glorot",
    he: "He",
    lecun: "LeCun",
    orthogonal: "Orthogonal",
  }),
  spread: number("Deviation s", 0.05, 0.0001, 10, { when: ({ initializer }) => initializer === "normal" }),
  normalization: choice("Normalization", "none", { none: "None", batch: "Batch", layer: "Layer" }),
  skip: choice("Skip connections", "none", { none: "None", plain: "h + f(z)", scaled: "h + f(z)/√L" }),
  optimizer: choice("Optimizer", "adam", { sgd: "SGD", momentum: "Momentum 0.9", adam: "Adam" }),
  rate: number("Learning rate", 0.01, 0.000001, 100),
  batch: number("Batch size", 64, 2, 256, { whole: true, shared: true }),
  seed: number("Seed", 1, 0, 9999, { whole: true, shared: true }),
};
const KEYS = Object.keys(OPTIONS);
const OWN = KEYS.filter((key) => !OPTIONS[key].shared); // of each network

export const first = () => Object.fromEntries(KEYS.map((key) => [key, OPTIONS[key].first]));

/** Networks as sentences. b: what the second one has that the first has not. page: where its story is told. */
export const PRESETS = {
  sigmoid: { sentence: "Ten sigmoid layers", page: "problem/depth/" },
  relu: { sentence: "Mend it with ReLU", b: { activation: "relu" }, page: "remedies/relu/" },
  glorot: { sentence: "… with Glorot", b: { initializer: "glorot" }, page: "remedies/initialization/" },
  batch: {
    sentence: "… with batch normalization",
    b: { normalization: "batch" },
    page: "remedies/batch-normalization/",
  },
  skips: { sentence: "… with skips", b: { skip: "plain" }, page: "remedies/skip-connections/" },
  fifty: {
    sentence: "Fifty ReLU layers",
    a: { depth: 50, width: 32, activation: "relu", initializer: "he", rate: 0.001 },
    b: { depth: 50, width: 32, activation: "relu", initializer: "glorot", rate: 0.001 },
    page: "remedies/relu/",
  },
  explode: {
    sentence: "Explode it",
    a: { depth: 20, activation: "relu", initializer: "normal", spread: 1, optimizer: "sgd" },
    page: "problem/exploding/",
  },
  dead: {
    sentence: "Dead units",
    a: { depth: 5, activation: "relu", initializer: "he", rate: 0.1 },
    b: { depth: 5, activation: "leaky", initializer: "he", rate: 0.1 },
    page: "remedies/leaky-relu/",
  },
};

/** { a, b }: every option of the first network, and of the second one or null. */
export function preset(name) {
  const { a = {}, b } = PRESETS[name];
  return { a: { ...first(), ...a }, b: b ? { ...first(), ...b } : null };
}

/** A value that the option allows, and what is wrong with what was asked. */
function read(key, text) {
  const { names, min, max, whole, first: usual } = OPTIONS[key];
  if (names) return Object.hasOwn(names, text) ? [text] : [usual, `${key}: there is no such choice`];
  const asked = text.trim() === "" ? NaN : Number(text);
  if (!Number.isFinite(asked)) return [usual, `${key}: not a number`];
  const value = Math.min(max, Math.max(min, whole ? Math.round(asked) : asked));
  return value === asked ? [value] : [value, `${key}: taken as ${value}, it goes from ${min} to ${max}`];
}

/** The address' search part -> { a, b, notes }. Whatever it holds, the networks are sound; notes say what was mended. */
export function parse(search) {
  const asked = new URLSearchParams(search);
  const notes = [];
  const name = asked.get("try");
  const known = Object.hasOwn(PRESETS, name ?? "");
  if (name !== null && !known) notes.push("try: there is no such story");
  const { a, b: second } = preset(known ? name : "sigmoid");
  const others = {}; // what is asked of the second network
  for (const [key, text] of asked) {
    const own = key.startsWith("b.") ? key.slice(2) : key;
    if (key === "try" || key === "compare") continue;
    if (!Object.hasOwn(OPTIONS, own) || (own !== key && OPTIONS[own].shared)) {
      notes.push("unknown option left out");
      continue;
    }
    const [value, note] = read(own, text);
    if (note) notes.push(note);
    (own === key ? a : others)[own] = value;
  }
  const two = asked.get("compare") === "yes" || Object.keys(others).length || (second && asked.get("compare") !== "no");
  const b = two ? { ...(second ?? a), ...others } : null;
  if (b) share(a, b);
  return { a, b, notes: [...new Set(notes)] };
}

export function share(a, b) {
  for (const key of KEYS) if (OPTIONS[key].shared) b[key] = a[key];
}

/** { a, b } -> the shortest search part that gives it back. */
export function format({ a, b }) {
  for (const name of Object.keys(PRESETS)) {
    if (same(preset(name), { a, b })) return name === "sigmoid" ? "" : `?try=${name}`;
  }
  const usual = first();
  const parts = KEYS.filter((key) => a[key] !== usual[key]).map((key) => [key, a[key]]);
  if (b) parts.push(["compare", "yes"], ...OWN.filter((key) => b[key] !== a[key]).map((key) => [`b.${key}`, b[key]]));
  return `?${new URLSearchParams(parts)}`;
}

function same(one, other) {
  const equal = (x, y) => (x && y ? KEYS.every((key) => x[key] === y[key]) : x === y);
  return equal(one.a, other.a) && equal(one.b, other.b);
}

/** The name of the preset that the networks are, or undefined. */
export const named = (state) => Object.keys(PRESETS).find((name) => same(preset(name), state));

/** What the engine is built from. */
export function networkOptions(choices, data) {
  const skip = { none: 0, plain: 1, scaled: choices.depth ** -0.5 }[choices.skip];
  return { ...choices, skip, inputs: data.inputs, outputs: data.outputs, capacity: Math.max(choices.batch, 256) };
}
