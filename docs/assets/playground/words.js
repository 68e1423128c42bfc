/* Sentences about what is on the page, each from the numbers that it shows. */

import { OPTIONS } from "./state.js";

const SUPERSCRIPT = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };
const raised = (power) => [...String(power)].map((sign) => SUPERSCRIPT[sign]).join("");

/** Two digits, as a person writes them: 0.14, 1.9×10⁻⁸. */
export function short(value, digits = 2) {
  if (value === 0) return "0";
  if (!Number.isFinite(value)) return "not a number";
  if (Math.abs(value) >= 0.001 && Math.abs(value) < 10000) {
    return String(Number(value.toPrecision(digits))).replace("-", "−");
  }
  const [head, power] = value.toExponential(digits - 1).split("e");
  return `${head.replace("-", "−")}×10${raised(Number(power))}`;
}

export const power = (exponent) => `10${raised(exponent)}`;
export const percent = (share) => `${Math.round(100 * share)} %`;

const count = (n, thing) => `${n} ${thing}${n === 1 ? "" : "s"}`;

/** A network in a few words: what it is made of. */
export function title({ depth, activation, initializer, spread, normalization, skip }) {
  const parts = [
    `${count(depth, `${OPTIONS.activation.names[activation]} layer`)}`,
    initializer === "normal" ? `N(0, ${spread})` : OPTIONS.initializer.names[initializer],
  ];
  if (normalization !== "none") parts.push(`${normalization} normalization`);
  if (skip !== "none") parts.push(skip === "plain" ? "skips" : "scaled skips");
  return parts.join(", ");
}

/** The share of dL/dz that the first hidden layer has of the last one's, and per layer. */
export function reach({ z }) {
  const last = z.length - 2; // the last entry is the output layer
  const share = z[0] / z[last];
  return { share, factor: last ? share ** (1 / last) : 1, last };
}

/** What the gradients on show mean. */
export function verdict(net, step) {
  const { share, factor, last } = reach(net);
  const when = step ? `At step ${step}` : "Before the first step";
  if (!last) return `${when}, there is only one hidden layer: nothing can get lost on the way.`;
  if (!net.z[last]) return `${when}, the last hidden layer gets no gradient at all.`;
  if (share === 0) {
    return `${when}, the gradient dL/dz of the first layer is exactly zero: it fell below what float32 holds.`;
  }
  const measured = `the first layer gets ${short(share)} of the gradient dL/dz that the last hidden layer gets, ${
    short(factor)
  } a layer`;
  return `${when}, ${measured}: ${meaning(share)}`;
}

function meaning(share) {
  if (share < 1e-3) return "it has vanished on its way back.";
  if (share < 0.1) return "it fades on its way back.";
  if (share <= 10) return "it arrives.";
  if (share <= 1e3) return "it grows on its way back.";
  return "it explodes on its way back.";
}

/** "Diverged at step k, because …". */
export function divergence({ step, cause, layer, ratio, rate }) {
  const why = {
    update: `the step before moved the weights of ${layer} by ${
      short(ratio)
    } times their size, at a learning rate of ${rate}`,
    signal: `the signal grew from layer to layer until, in ${layer}, it left what float32 holds`,
    gradient: "the gradient grew from layer to layer until it left what float32 holds",
  };
  const mend = cause === "update"
    ? "Rewind, and lower the rate."
    : "Choose smaller first weights, fewer layers or a normalization.";
  return `Diverged at step ${step}, because ${why[cause]}. ${mend}`;
}

/** Silent units and flat slopes, where there are many. */
export function troubles({ layers }) {
  const found = [];
  const worst = (key) => layers.reduce((best, layer, l) => (layer[key] > layers[best][key] ? l : best), 0);
  const silent = worst("silent");
  const total = layers.reduce((sum, layer) => sum + layer.silent, 0) / layers.length;
  if (layers[silent].silent >= 0.1) {
    found.push(
      `Dead units: ${percent(total)} of all are negative for the whole batch; of layer ${silent + 1}, ${
        percent(layers[silent].silent)
      }.`,
    );
  }
  const flat = worst("flat");
  if (layers[flat].flat >= 0.3) {
    found.push(
      `Saturation: in layer ${flat + 1}, ${
        percent(layers[flat].flat)
      } of the slopes are below a twentieth of the steepest.`,
    );
  }
  return found;
}
