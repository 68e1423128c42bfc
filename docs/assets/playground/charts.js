/* Charts: lines as SVG with a cursor for pointer and keys, and three maps on a canvas. */

import { power, short } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const MARGIN = { left: 46, right: 12, top: 10, bottom: 34 };
const SHADES = 8; // of ink
const FLOOR = -45; // exponent of the smallest number that float32 holds

export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key in node && key !== "list" && key !== "role") node[key] = value;
    else node.setAttribute(key, value);
  }
  node.append(...children);
  return node;
}

function svg(tag, attributes, parent) {
  const node = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  parent?.append(node);
  return node;
}

/** Ticks of a linear axis from 0 or below to high: one, two or five times a power of ten apart. */
function linearTicks(low, high, most) {
  const rough = (high - low) / most || 1;
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * size).find((n) => n >= rough * 0.999);
  const ticks = [];
  for (let value = Math.ceil(low / step) * step; value <= high + step / 1e6; value += step) ticks.push(value);
  return ticks;
}

/** Lines over layers or steps. Its cursor is a slider: it says the values at one x. */
export class LineChart {
  /** name: what it is. x, y: the axes. log: y on a log axis. whole: x counts layers. say: x -> text of the values there. */
  constructor({ name, x, y, log = false, whole = false, height, say }) {
    Object.assign(this, { log, whole, height, say, at: null, series: [], domain: null });
    this.node = make("div", {
      className: "pg-chart",
      tabIndex: 0,
      role: "slider",
      "aria-label": name,
      "aria-valuemin": "1",
    });
    this.svg = svg("svg", { "aria-hidden": "true" }, this.node);
    this.grid = svg("g", { class: "pg-grid" }, this.svg);
    this.lines = svg("g", {}, this.svg);
    this.cursor = svg("line", { class: "pg-cursor", visibility: "hidden" }, this.svg);
    this.xLabel = svg("text", { class: "pg-axis", "text-anchor": "middle" }, this.svg);
    this.xLabel.textContent = x;
    this.yLabel = svg("text", { class: "pg-axis", "text-anchor": "middle" }, this.svg);
    this.yLabel.textContent = y;
    this.empty = svg("text", { class: "pg-axis", "text-anchor": "middle" }, this.svg);
    this.empty.textContent = "no step yet";
    this.tip = make("output", { className: "pg-tip", hidden: true, "aria-hidden": "true" });
    this.node.append(this.tip);
    this.node.addEventListener("pointermove", (event) => this.point(event));
    this.node.addEventListener("pointerleave", () => this.hide());
    this.node.addEventListener("blur", () => this.hide());
    this.node.addEventListener("focus", () => this.move(this.at ?? this.xs[1]));
    this.node.addEventListener("keydown", (event) => this.key(event));
    const resize = () => {
      this.width = this.node.clientWidth;
      this.draw();
    };
    new ResizeObserver(resize).observe(this.node);
  }

  /** series: [{ points: [[x, y], ...], kind }]. xs: [from, to]. fresh: whether axes may shrink. ys: their range, if set. */
  show(series, xs, { fresh, still, ys }) {
    Object.assign(this, { series, xs });
    const values = series
      .flatMap(({ points }) => points.map(([, y]) => y))
      .filter((y) => Number.isFinite(y) && (!this.log || y > 0));
    const range = ys ?? this.range(values);
    if (fresh || !this.domain || ys) this.domain = range;
    else this.domain = [Math.min(this.domain[0], range[0]), Math.max(this.domain[1], range[1])];
    this.draw(still);
  }

  range(values) {
    if (!values.length) return this.log ? [-8, 0] : [0, 1];
    if (!this.log) return [0, Math.max(...values) * 1.05 || 1];
    const [low, high] = [Math.floor(Math.log10(Math.min(...values))), Math.ceil(Math.log10(Math.max(...values)))];
    return [Math.max(FLOOR, low), Math.max(high, low + 1)];
  }

  /** still: leave what is said of it as it is, which costs time at sixty frames a second. */
  draw(still) {
    const { width, height } = this;
    if (!width || !this.xs) return;
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.svg.setAttribute("height", height);
    this.svg.setAttribute("width", width);
    const [inner, tall] = [width - MARGIN.left - MARGIN.right, height - MARGIN.top - MARGIN.bottom];
    const [x0, x1] = this.xs;
    const [y0, y1] = this.domain;
    this.toX = (x) => MARGIN.left + (x1 === x0 ? inner / 2 : ((x - x0) / (x1 - x0)) * inner);
    this.toY = (y) =>
      MARGIN.top + tall - ((Math.min(Math.max(this.log ? Math.log10(y) : y, y0), y1) - y0) / (y1 - y0)) * tall;
    this.drawAxes(width, height, inner, tall);
    this.used = 0;
    this.empty.setAttribute("x", MARGIN.left + inner / 2);
    this.empty.setAttribute("y", MARGIN.top + tall / 2 + 14);
    this.empty.setAttribute("visibility", this.series.some(({ points }) => points.length) ? "hidden" : "visible");
    for (const line of this.series) this.drawLine(line, height - MARGIN.bottom);
    while (this.lines.children.length > this.used) this.lines.lastChild.remove();
    this.node.setAttribute("aria-valuemin", x0);
    this.node.setAttribute("aria-valuemax", x1);
    if (this.at !== null) this.move(this.at);
    else if (!still) this.describe(x1);
  }

  drawAxes(width, height, inner, tall) {
    const key = [width, height, ...this.xs, ...this.domain].join();
    if (key === this.drawn) return;
    this.drawn = key;
    this.grid.replaceChildren();
    const [low, high] = this.domain;
    const yTicks = this.log
      ? linearTicks(low, high, Math.max(2, tall / 34)).filter(Number.isInteger)
      : linearTicks(low, high, Math.max(2, tall / 34));
    for (const tick of yTicks) {
      const y = this.toY(this.log ? 10 ** tick : tick);
      svg("line", { x1: MARGIN.left, x2: width - MARGIN.right, y1: y, y2: y }, this.grid);
      const label = svg("text", { x: MARGIN.left - 6, y: y + 4, "text-anchor": "end" }, this.grid);
      label.textContent = this.log ? power(tick) : short(tick);
    }
    const xTicks = linearTicks(this.xs[0], this.xs[1], Math.max(2, inner / 60)).filter(
      (x) => !this.whole || Number.isInteger(x),
    );
    for (const tick of xTicks.includes(this.xs[0]) || !this.whole ? xTicks : [this.xs[0], ...xTicks]) {
      const label = svg(
        "text",
        { x: this.toX(tick), y: height - MARGIN.bottom + 15, "text-anchor": "middle" },
        this.grid,
      );
      label.textContent = tick >= 10000 ? short(tick) : Math.round(tick * 1e6) / 1e6;
    }
    this.xLabel.setAttribute("x", MARGIN.left + inner / 2);
    this.xLabel.setAttribute("y", height - 4);
    this.yLabel.setAttribute("transform", `translate(10 ${MARGIN.top + tall / 2}) rotate(-90)`);
  }

  /** What is zero on a log axis, or no number, has no place on it: zeros are marked at its foot. */
  drawLine({ points, kind }, foot) {
    const placed = points.filter(([, y]) => Number.isFinite(y) && (!this.log || y > 0));
    const at = placed.map(([x, y]) => `${this.toX(x).toFixed(1)} ${this.toY(y).toFixed(1)}`);
    this.path(at.length ? `M${at.join("L")}` : "", `pg-line ${kind}`);
    if (!kind.includes("pg-dots")) return;
    const dots = at.map((place) => `M${place}h0`).join(""); // a line of no length with round ends
    const size = points.length > 25 ? "pg-small" : "";
    this.path(dots, `pg-dot ${size} ${kind}`);
    this.path(dots, `pg-hole ${size} ${kind}`);
    const zeros = this.log ? points.filter(([, y]) => y === 0) : [];
    this.path(zeros.map(([x]) => `M${this.toX(x) - 4} ${foot - 8}h8l-4 7z`).join(""), `pg-zero ${kind}`);
  }

  /** The next path of this drawing: those of the one before serve again. */
  path(d, kind) {
    const node = this.lines.children[this.used] ?? svg("path", {}, this.lines);
    node.setAttribute("d", d);
    node.setAttribute("class", kind);
    this.used += 1;
  }

  point(event) {
    const x = event.clientX - this.node.getBoundingClientRect().left;
    const [x0, x1] = this.xs;
    const share = (x - MARGIN.left) / (this.node.clientWidth - MARGIN.left - MARGIN.right);
    this.move(Math.round(x0 + Math.min(1, Math.max(0, share)) * (x1 - x0)));
  }

  key(event) {
    const [x0, x1] = this.xs;
    const far = Math.max(1, Math.round((x1 - x0) / 10));
    const near = this.whole ? 1 : Math.max(1, Math.round((x1 - x0) / 50));
    const by = { ArrowLeft: -near, ArrowDown: -near, ArrowRight: near, ArrowUp: near, PageDown: -far, PageUp: far };
    const to = { Home: x0, End: x1 }[event.key] ?? (event.key in by ? (this.at ?? x1) + by[event.key] : null);
    if (to === null) return;
    event.preventDefault();
    this.move(to);
  }

  move(x) {
    const [x0, x1] = this.xs;
    this.at = Math.min(x1, Math.max(x0, x));
    const place = this.toX(this.at);
    for (
      const [key, value] of Object.entries({
        x1: place,
        x2: place,
        y1: MARGIN.top,
        y2: this.height - MARGIN.bottom,
      })
    ) {
      this.cursor.setAttribute(key, value);
    }
    this.cursor.setAttribute("visibility", "visible");
    this.describe(this.at);
    this.tip.hidden = false;
    this.tip.textContent = this.text;
    const right = place > this.node.clientWidth / 2;
    this.tip.style.left = right ? "auto" : `${place + 8}px`;
    this.tip.style.right = right ? `${this.node.clientWidth - place + 8}px` : "auto";
  }

  describe(x) {
    const text = this.say(x);
    if (text === this.text && this.node.getAttribute("aria-valuenow") === String(x)) return;
    this.text = text;
    this.node.setAttribute("aria-valuenow", x);
    this.node.setAttribute("aria-valuetext", text);
  }

  hide() {
    if (this.node === document.activeElement) return;
    this.at = null;
    this.tip.hidden = true;
    this.cursor.setAttribute("visibility", "hidden");
  }
}

/** A canvas that is as sharp as the screen; paint(context, width, height). */
export class Picture {
  constructor(name, height) {
    this.height = height;
    this.node = make("canvas", { className: "pg-picture", role: "img", "aria-label": name });
    new ResizeObserver(() => this.repaint()).observe(this.node);
  }

  show(label, paint) {
    this.paint = paint;
    if (label !== this.label) this.node.setAttribute("aria-label", this.label = label);
    this.repaint();
  }

  repaint() {
    const width = this.node.clientWidth;
    if (!width || !this.paint) return;
    const height = this.height ?? width;
    const ratio = Math.min(globalThis.devicePixelRatio, 2);
    if (this.node.width !== Math.round(width * ratio) || this.node.height !== Math.round(height * ratio)) {
      this.node.width = Math.round(width * ratio);
      this.node.height = Math.round(height * ratio);
      this.node.style.height = `${height}px`;
    }
    const context = this.node.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    this.paint(context, width, height);
  }
}

/** Where the network says which class, and the points. map (side, side) from 0 to 1, its first row on top. */
export function paintMap(context, width, height, { map, side, points, extent, colors }) {
  const image = new ImageData(side, side);
  map.forEach((share, i) => {
    const color = share > 0.5 ? colors.b : colors.a;
    image.data.set([...color, 215 * Math.min(1, Math.abs(share - 0.5) * 2) + 20], 4 * i);
  });
  const small = new OffscreenCanvas(side, side);
  small.getContext("2d").putImageData(image, 0, 0);
  context.imageSmoothingEnabled = true;
  context.globalAlpha = 0.55;
  context.drawImage(small, 0, 0, width, height);
  context.globalAlpha = 1;
  context.lineWidth = 1;
  context.strokeStyle = colors.ground;
  for (const [c, color] of [colors.a, colors.b].entries()) {
    context.fillStyle = `rgb(${color})`;
    for (let k = c; k < points.y.length; k += 2) {
      const [x, y] = [points.x[2 * k], points.x[2 * k + 1]].map((at) => at / (2 * extent));
      context.beginPath();
      context.arc((0.5 + x) * width, (0.5 - y) * height, Math.max(1.8, width / 110), 0, 7);
      context.fill();
      context.stroke();
    }
  }
}

/** Histograms side by side, a column for each layer: the darker, the more activations have that value. */
export function paintHistogram(context, width, height, { layers, color, text }) {
  const [left, bottom] = [34, 18];
  const [low, high] = [Math.min(...layers.map(({ from }) => from)), Math.max(...layers.map(({ to }) => to))];
  const toY = (value) => (height - bottom) * (1 - (value - low) / (high - low)) + 1;
  const column = (width - left) / layers.length;
  layers.forEach(({ counts, from, to }, l) => {
    const tall = (to - from) / counts.length;
    counts.forEach((share, i) => {
      if (!share) return;
      context.fillStyle = `rgb(${color} / ${Math.min(1, 0.06 + Math.sqrt(share))})`;
      const [top, foot] = [toY(from + (i + 1) * tall), toY(from + i * tall)];
      context.fillRect(left + l * column + 0.5, top, Math.max(1, column - 1), Math.max(1, foot - top));
    });
  });
  context.fillStyle = text;
  context.font = "11px sans-serif";
  context.textAlign = "right";
  for (const value of [low, high]) context.fillText(short(value), left - 5, toY(value) + (value === high ? 9 : 0));
  context.textAlign = "left";
  context.fillText("layer 1", left, height - 4);
  context.textAlign = "right";
  if (layers.length > 1) context.fillText(String(layers.length), width - 2, height - 4);
}

/** The network, its ink by gradient: 1 for the largest, paler by a sixth for each power of ten. */
export function paintNetwork(context, width, height, { drawing, color, text }) {
  const most = Math.max(...drawing.flatMap(({ units }) => [...units]));
  const heaviest = drawing.reduce((best, { edges }) => edges.reduce((a, b) => Math.max(a, b), best), 0);
  const strength = (value, top) => (value > 0 && top > 0 ? Math.max(0, 1 + Math.log10(value / top) / 6) : 0);
  const [top, bottom] = [8, 22];
  const x = (l) => 12 + ((width - 24) * (l + 1)) / drawing.length;
  const y = (j, n) => top + ((height - top - bottom) * (j + 0.5)) / n;
  const inputs = drawing[0].edges.length / drawing[0].units.length;
  const sizes = [inputs, ...drawing.map(({ units }) => units.length)];
  const shades = Array.from({ length: SHADES + 1 }, () => new Path2D()); // one stroke for each, not for each weight
  drawing.forEach(({ edges }, l) => {
    const columns = sizes[l + 1];
    edges.forEach((value, k) => {
      const path = shades[Math.round(SHADES * strength(value, heaviest))];
      path.moveTo(x(l - 1), y(Math.floor(k / columns), sizes[l]));
      path.lineTo(x(l), y(k % columns, columns));
    });
  });
  shades.forEach((path, shade) => {
    if (!shade) return;
    context.strokeStyle = `rgb(${color} / ${(0.8 * shade) / SHADES})`;
    context.lineWidth = 0.3 + (1.4 * shade) / SHADES;
    context.stroke(path);
  });
  const radius = Math.min(5, Math.max(1.5, (width - 24) / drawing.length / 4));
  sizes.forEach((n, l) => {
    for (let j = 0; j < n; j++) {
      context.beginPath();
      context.arc(x(l - 1), y(j, n), radius, 0, 7);
      context.fillStyle = l ? `rgb(${color} / ${strength(drawing[l - 1].units[j], most)})` : "transparent";
      context.fill();
      context.strokeStyle = text;
      context.lineWidth = 0.6;
      context.stroke();
    }
  });
  context.fillStyle = text;
  context.font = "11px sans-serif";
  context.textAlign = "left";
  context.fillText("input", 2, height - 5);
  context.textAlign = "right";
  context.fillText("output", width - 2, height - 5);
}
