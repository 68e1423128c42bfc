/* Mean cross-entropy over the batch; each fills its gradient by the logits, and counts what the logits get right. */

/** logits (n, 1), y in {0, 1}: L = log(1 + e^z) - y z, dL/dz = sigmoid(z) - y. */
function binary(logits, y, n, gradient) {
  let loss = 0;
  let right = 0;
  for (let b = 0; b < n; b++) {
    const z = logits[b];
    loss += Math.max(z, 0) - z * y[b] + Math.log1p(Math.exp(-Math.abs(z)));
    right += z > 0 === y[b] > 0 ? 1 : 0;
    gradient[b] = (1 / (1 + Math.exp(-z)) - y[b]) / n;
  }
  return { loss: loss / n, accuracy: right / n };
}

/** logits (n, classes), y a class: L = log sum e^z - z_y, dL/dz = softmax(z) - onehot(y). */
function categorical(logits, y, n, gradient, classes) {
  let loss = 0;
  let right = 0;
  for (let b = 0; b < n; b++) {
    const row = logits.subarray(b * classes, (b + 1) * classes);
    let best = 0;
    for (let c = 1; c < classes; c++) if (row[c] > row[best]) best = c;
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += Math.exp(row[c] - row[best]);
    loss += Math.log(sum) + row[best] - row[y[b]];
    right += best === y[b] ? 1 : 0;
    for (let c = 0; c < classes; c++) {
      gradient[b * classes + c] = (Math.exp(row[c] - row[best]) / sum - (c === y[b] ? 1 : 0)) / n;
    }
  }
  return { loss: loss / n, accuracy: right / n };
}

export function crossEntropy(logits, y, n, gradient, classes) {
  return classes === 1 ? binary(logits, y, n, gradient) : categorical(logits, y, n, gradient, classes);
}
