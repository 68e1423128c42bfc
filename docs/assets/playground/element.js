/* <vanishing-playground>: networks that train in a worker, and what their gradients do, live. */

import { LineChart, make, paintHistogram, paintMap, paintNetwork, Picture } from "./charts.js";
import { Controls } from "./controls.js";
import { FRAMEWORKS, program } from "./program.js";
import { EXTENT } from "./session.js";
import { format, named, OPTIONS, parse, preset, PRESETS, share } from "./state.js";
import { divergence, percent, reach, short, title, troubles, verdict } from "./words.js";

const NAMES = ["A", "B"];
const KINDS = ["pg-a", "pg-b"];
const SMOOTH = 0.95; // what the smoothed curves keep of the past at each step
const MOST = 400; // points of a curve; with more, every second one is left out
const SPOKEN_EVERY = 10_000; // milliseconds between what is said of a training
const CALM = 500; // milliseconds between frames for those who asked for less motion
const TABLE_EVERY = 500;
const PICTURES_EVERY = 200; // canvases cost more than lines

const button = (text, act, more = {}) => {
  const node = make("button", { type: "button", textContent: text, ...more });
  node.addEventListener("click", act);
  return node;
};

/** The framework that the reader chose last in the tabs of a page; Material keeps their labels, the last one first. */
function frameworkOfTabs() {
  try {
    return __md_get("__tabs").find((label) => Object.hasOwn(FRAMEWORKS, label));
  } catch {
    return undefined; // nothing is kept, or it may not be read
  }
}

/** A value by step, thinned as it grows, and its smoothed twin. */
class Curve {
  constructor() {
    Object.assign(this, { raw: [], smooth: [], stride: 1, sum: 0, weight: 0 });
  }

  add(step, value) {
    this.sum = SMOOTH * this.sum + (1 - SMOOTH) * value;
    this.weight = SMOOTH * this.weight + (1 - SMOOTH); // below one at first: there is little past yet
    this.mean = this.sum / this.weight;
    if (step % this.stride) return;
    this.raw.push([step, value]);
    this.smooth.push([step, this.mean]);
    if (this.raw.length < MOST) return;
    this.stride *= 2;
    for (const kept of ["raw", "smooth"]) this[kept] = this[kept].filter(([at]) => at % this.stride === 0);
  }

  at(step) {
    return this.smooth.findLast(([at]) => at <= step)?.[1];
  }
}

class Playground extends HTMLElement {
  connectedCallback() {
    this.ends = new AbortController();
    try {
      this.worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
    } catch {
      return this.closest(".pg")?.classList.add("still"); // the static figure stays
    }
    this.worker.onmessage = ({ data }) => this.receive(data);
    this.worker.onerror = () => this.failed("The worker that trains the networks could not start.");
    this.state = parse(location.search);
    Object.assign(this, { building: 0, editing: 0, quantity: "z", running: false, frame: null, spoken: 0 });
    this.framework = frameworkOfTabs() ?? "Keras";
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
    this.render();
    this.build();
    const { signal } = this.ends;
    addEventListener("popstate", () => this.restore(), { signal });
    this.palette = new MutationObserver(() => this.recolor());
    this.palette.observe(document.body, { attributes: true, attributeFilter: ["data-md-color-scheme"] });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.recolor(), { signal });
  }

  disconnectedCallback() {
    this.worker?.terminate();
    this.ends.abort();
    this.palette?.disconnect();
  }

  /** The networks of the address, after the reader has gone back or forth within the page. */
  restore() {
    if (format(parse(location.search)) === format(this.state)) return;
    this.state = parse(location.search);
    this.build();
  }

  get fallback() {
    return this.closest(".pg")?.querySelector(".pg-fallback");
  }

  // What is on the page

  render() {
    this.replaceChildren(
      this.stories(),
      this.sentences(),
      this.transport(),
      this.body(),
      this.numbers(),
      this.programs(),
    );
    this.live = make("p", { className: "pg-live", role: "status" });
    this.append(this.live);
    this.recolor();
  }

  stories() {
    this.chips = Object.entries(PRESETS).map(([name, { sentence }]) =>
      button(sentence, () => this.choose(preset(name)), { className: "pg-chip" })
    );
    return make("div", { className: "pg-stories", role: "group", "aria-label": "Stories" }, ...this.chips);
  }

  sentences() {
    this.says = KINDS.map((kind) => make("p", { className: `pg-says ${kind}` }));
    this.notes = make("ul", { className: "pg-notes" });
    this.story = make("a", { className: "pg-story" });
    this.asked = make("p", { className: "pg-asked", hidden: true });
    return make("div", { className: "pg-sentences" }, this.asked, ...this.says, this.notes, make("p", {}, this.story));
  }

  transport() {
    this.play = button("Train", () => this.send(this.running ? "pause" : "train"), { className: "pg-play" });
    this.back = button("Rewind", () => this.rewind(), { title: "To the same first weights" });
    const step = button("One step", () => this.send("step"));
    const reset = button("New seed", () => this.change("seed", (this.state.a.seed + 1) % 10_000), {
      title: "Other first weights and data",
    });
    this.pair = button("Compare", () => this.compare());
    const link = button("Copy link", () => this.copy(location.href, link));
    const paces = { slow: "slow", medium: "medium", fast: "fast" };
    const pace = make(
      "select",
      { id: "pg-pace" },
      ...Object.keys(paces).map((value) => make("option", { value, textContent: value })),
    );
    pace.value = "fast";
    pace.addEventListener("change", () => this.send("pace", { value: pace.value }));
    const pacing = make(
      "span",
      { className: "pg-pace" },
      make("label", { htmlFor: "pg-pace", textContent: "Pace" }),
      pace,
    );
    this.readout = make("p", { className: "pg-readout" });
    const buttons = make(
      "div",
      { className: "pg-buttons" },
      this.play,
      step,
      this.back,
      reset,
      pacing,
      this.pair,
      link,
    );
    return make("div", { className: "pg-transport" }, buttons, this.readout);
  }

  body() {
    this.controls = new Controls((key, value) => this.change(key, value));
    this.tabs = NAMES.map((name, i) => button(`Network ${name}`, () => this.edit(i), { className: KINDS[i] }));
    this.tabRow = make("div", { className: "pg-tabs", role: "group", "aria-label": "Whose settings" }, ...this.tabs);
    const settings = make(
      "details",
      { className: "pg-settings", open: matchMedia("(min-width: 60em)").matches },
      make("summary", { textContent: "Settings" }),
      this.tabRow,
      this.controls.node,
    );
    return make("div", { className: "pg-body" }, settings, this.views());
  }

  views() {
    const layer = (what) => (l) => this.sayLayer(l, what);
    this.gradient = new LineChart({
      name: "Gradient by layer",
      x: "layer",
      y: "norm of the gradient",
      log: true,
      whole: true,
      height: 320,
      say: layer((net, l) => net[this.quantity][l]),
    });
    this.ratio = new LineChart({
      name: "Update over weight by layer",
      x: "layer",
      y: "update / weight",
      log: true,
      whole: true,
      height: 190,
      say: layer((net, l) => net.ratio[l]),
    });
    this.loss = new LineChart({
      name: "Loss by step",
      x: "step",
      y: "loss",
      height: 190,
      say: (x) => this.sayStep(x, "loss"),
    });
    this.accuracy = new LineChart({
      name: "Accuracy by step",
      x: "step",
      y: "accuracy",
      height: 190,
      say: (x) => this.sayStep(x, "accuracy"),
    });
    const pictures = (name, height) => NAMES.map(() => new Picture(name, height));
    this.maps = pictures("Decision map");
    this.histograms = pictures("Activations by layer", 190);
    this.drawings = pictures("The network, its ink by gradient", 190);
    const kinds = { z: "dL/dz", weight: "dL/dW" };
    this.switches = Object.entries(kinds).map(([kind, text]) => button(text, () => this.measure(kind)));
    const switcher = make(
      "div",
      { className: "pg-switch", role: "group", "aria-label": "Which gradient" },
      ...this.switches,
    );
    this.legend = make("p", { className: "pg-legend" });
    const pair = (views) => make("div", { className: "pg-pair" }, ...views.map(({ node }) => node));
    const view = (className, name, hint, ...nodes) =>
      make(
        "figure",
        { className: `pg-view ${className}` },
        make("figcaption", {}, make("b", { textContent: name }), make("span", { textContent: hint })),
        ...nodes,
      );
    this.mapView = view("pg-map", "Decision map", "Color: the class it says, and how surely", pair(this.maps));
    return make(
      "div",
      { className: "pg-views" },
      view(
        "pg-wide",
        "Gradient by layer",
        "Size of the gradient in each layer, log axis; layer 1 is nearest the input",
        switcher,
        this.gradient.node,
        this.legend,
      ),
      view("", "Loss", "Pale: each batch. Strong: smoothed", this.loss.node),
      view("", "Accuracy", "Pale: each batch. Strong: smoothed", this.accuracy.node),
      this.mapView,
      view("", "Activations", "A column a layer: how many f(z) lie where", pair(this.histograms)),
      view("", "Update over weight", "How far a step moves a layer, for its size", this.ratio.node),
      view("", "The network", "Ink: its gradient, on a log scale", pair(this.drawings)),
    );
  }

  numbers() {
    this.table = make("div", { className: "pg-tables", tabIndex: 0, role: "region", "aria-label": "Numbers by layer" });
    this.tableBox = make(
      "details",
      { className: "pg-more" },
      make("summary", { textContent: "Numbers as a table" }),
      this.table,
    );
    this.tableBox.addEventListener("toggle", () => this.fillTable(true));
    return this.tableBox;
  }

  programs() {
    this.code = make("code");
    this.codeBox = make("pre", { tabIndex: 0, role: "region" }, this.code);
    this.which = NAMES.map((name, i) => button(`Network ${name}`, () => this.edit(i), { className: KINDS[i] }));
    this.whichRow = make("div", { className: "pg-tabs", role: "group", "aria-label": "Whose program" }, ...this.which);
    this.frameworks = Object.keys(FRAMEWORKS).map((name) => button(name, () => this.write(name)));
    const frameworkRow = make(
      "div",
      { className: "pg-tabs", role: "group", "aria-label": "Framework" },
      ...this.frameworks,
    );
    const copy = button("Copy", () => this.copy(this.code.textContent, copy));
    const download = button("Download", () => this.download());
    const text = make("p", {
      textContent:
        "A program with the same data, first weights and batches. It prints the size of both gradients in every layer, then trains.",
    });
    return make(
      "details",
      { className: "pg-more" },
      make("summary", { textContent: "The same in Keras or PyTorch" }),
      text,
      frameworkRow,
      this.whichRow,
      make("div", { className: "pg-buttons" }, copy, download),
      this.codeBox,
    );
  }

  // What the reader does

  send(type, more = {}) {
    this.worker?.postMessage({ type, ...more });
  }

  choose({ a, b }) {
    this.state = { a, b, notes: [] };
    this.build();
  }

  change(key, value) {
    const own = this.editing && !OPTIONS[key].shared ? this.state.b : this.state.a;
    own[key] = value;
    if (this.state.b) share(this.state.a, this.state.b);
    this.state.notes = [];
    if (key !== "rate") return this.build();
    this.send("rate", { which: this.editing, rate: value });
    this.settle();
  }

  compare() {
    this.state.b = this.state.b ? null : { ...this.state.a };
    this.editing = this.state.b ? 1 : 0;
    this.build();
  }

  edit(which) {
    this.editing = which;
    this.settle();
  }

  /** Show the program of the network that is being edited. */
  write(framework) {
    this.framework = framework;
    this.frameworks.forEach((node) => node.setAttribute("aria-pressed", String(node.textContent === this.framework)));
    this.codeBox.setAttribute("aria-label", `${this.framework} program`);
    this.code.textContent = program(this.editing ? this.state.b : this.state.a, this.framework);
  }

  measure(kind) {
    this.quantity = kind;
    this.fresh = true;
    this.draw();
  }

  rewind() {
    this.curves();
    this.send("rewind");
  }

  async copy(text, from) {
    const label = from.textContent;
    try {
      await navigator.clipboard.writeText(text);
      from.textContent = "Copied";
    } catch {
      from.textContent = "Not allowed here";
    }
    this.say(from.textContent);
    setTimeout(() => (from.textContent = label), 1500);
  }

  download() {
    const address = URL.createObjectURL(new Blob([this.code.textContent], { type: "text/x-python" }));
    make("a", { href: address, download: FRAMEWORKS[this.framework].file }).click();
    URL.revokeObjectURL(address);
  }

  /** New networks of the present choices, in the worker and in the address. */
  build() {
    if (!this.state.b) this.editing = 0;
    this.curves();
    this.bases = null;
    this.frame = null;
    this.settle();
    this.send("build", { id: ++this.building, state: { a: this.state.a, b: this.state.b } });
  }

  curves() {
    this.history = NAMES.map(() => ({ loss: new Curve(), accuracy: new Curve() }));
    Object.assign(this, { fresh: true, told: new Set() });
  }

  /** Everything that follows from the choices alone. */
  settle() {
    const { a, b, notes } = this.state;
    const search = format(this.state);
    if (search !== location.search) {
      history.replaceState(history.state, "", `${location.pathname}${search}${location.hash}`);
    }
    const story = named(this.state);
    this.chips.forEach((chip, i) => chip.setAttribute("aria-pressed", String(Object.keys(PRESETS)[i] === story)));
    this.story.hidden = !story;
    if (story) {
      this.story.href = new URL(`../../${PRESETS[story].page}`, import.meta.url);
      this.story.textContent = `Read the page behind “${PRESETS[story].sentence.replace("… with", "Mend it with")}”`;
    }
    this.asked.hidden = !notes.length;
    this.asked.textContent = notes.length ? `The address held what is not possible here. ${notes.join("; ")}.` : "";
    this.pair.textContent = b ? "Only A" : "Compare";
    this.pair.title = b ? "Leave network B out" : "A second network on the same data and seed";
    for (const row of [this.tabRow, this.whichRow]) row.hidden = !b;
    [...this.tabs, ...this.which].forEach((tab, i) => tab.setAttribute("aria-pressed", String(i % 2 === this.editing)));
    this.controls.show(this.editing ? b : a);
    this.write(this.framework);
    this.mapView.hidden = a.data === "digits";
    this.classList.toggle("pg-two", Boolean(b));
    this.legend.replaceChildren();
    [a, b]
      .filter(Boolean)
      .forEach((own, i) =>
        this.legend.append(
          make("span", { className: KINDS[i] }, make("b", { textContent: NAMES[i] }), ` ${title(own)}`),
        )
      );
    this.legend.append(make("span", { className: "pg-key", textContent: "theory before training" }));
  }

  // What the worker says

  receive(message) {
    if (message.id !== this.building) return;
    if (message.type === "failed") return this.failed(message.message);
    if (message.type === "built") {
      this.points = message.points;
      if (this.fallback) this.fallback.hidden = true;
      this.classList.add("pg-ready");
    }
    this.running = message.running;
    if (message.step === 0) {
      this.bases = message.nets
        .map((net) => reach(net).last)
        .map((last, i) => ({ z: message.nets[i].z[last], weight: message.nets[i].weight[last] }));
    }
    for (const [i, net] of message.nets.entries()) {
      for (let k = 0; k < net.history.length; k += 3) {
        this.history[i].loss.add(net.history[k], net.history[k + 1]);
        this.history[i].accuracy.add(net.history[k], net.history[k + 2]);
      }
      if (!net.map && this.frame?.nets[i]?.map) {
        Object.assign(net, { map: this.frame.nets[i].map, side: this.frame.nets[i].side });
      }
    }
    this.frame = message;
    this.announce(!message.running);
    cancelAnimationFrame(this.drawing);
    this.drawing = requestAnimationFrame(() => {
      this.draw();
      setTimeout(() => this.send("drawn"), this.calm.matches && this.running ? CALM : 0);
    });
  }

  failed(message) {
    if (this.fallback && !this.frame) this.fallback.hidden = false;
    this.closest(".pg")?.classList.toggle("still", !this.frame);
    this.asked.hidden = false;
    this.asked.textContent = `The playground stopped: ${message} Reload the page to try again.`;
  }

  /** Tell those who listen: when networks are built, at a pause, at trouble, and now and then while training. */
  announce(settled) {
    const { nets, step } = this.frame;
    const now = performance.now();
    const news = [];
    for (const [i, net] of nets.entries()) {
      const lead = nets.length > 1 ? `Network ${NAMES[i]}: ` : "";
      const trouble = net.diverged ? [divergence(net.diverged)] : troubles(net).slice(0, 1);
      for (const text of trouble) {
        const kind = lead + text.split(/[:,]/)[0];
        if (!this.told.has(kind)) news.push(lead + text);
        this.told.add(kind);
      }
      if (settled || now - this.spoken > SPOKEN_EVERY) {
        news.push(lead + (step && !settled ? this.brief(net) : verdict(net, step)));
      }
    }
    if (!news.length) return;
    this.spoken = now;
    this.say(news.join(" "));
  }

  say(text) {
    this.live.textContent = text;
  }

  brief({ loss, accuracy }) {
    return `step ${this.frame.step}, loss ${short(loss)}, accuracy ${percent(accuracy)}.`;
  }

  sayLayer(l, what) {
    if (!this.frame) return "";
    const { nets } = this.frame;
    const values = nets.map((net, i) => [i, net]).filter(([, net]) => l <= net.z.length);
    const output = nets.every((net) => l >= net.z.length) ? ", the output" : "";
    return `layer ${l}${output}: ${
      values.map(([i, net]) => `${nets.length > 1 ? `${NAMES[i]} ` : ""}${short(what(net, l - 1))}`).join(", ")
    }`;
  }

  sayStep(step, what) {
    const values = this.history.slice(0, this.state.b ? 2 : 1).map((curves, i) => {
      const value = curves[what].at(step);
      return value === undefined ? "" : `${this.state.b ? `${NAMES[i]} ` : ""}${short(value, 3)}`;
    });
    return `step ${step}: ${values.filter(Boolean).join(", ") || "not trained yet"}`;
  }

  // Drawing

  recolor() {
    const style = getComputedStyle(this);
    const color = (name) => style.getPropertyValue(name).trim();
    this.colors = {
      a: color("--pg-a").split(" ").map(Number),
      b: color("--pg-b").split(" ").map(Number),
      text: color("--pg-text"),
      ground: color("--pg-ground"),
    };
    if (this.frame) this.draw();
  }

  draw() {
    if (!this.frame || !this.isConnected) return;
    const { nets, step } = this.frame;
    const depth = Math.max(...nets.map((net) => net.z.length));
    this.drawSentences(nets, step);
    const lines = nets.flatMap((net, i) => this.gradientLines(net, i));
    const still = this.running;
    const { fresh } = this;
    this.gradient.show(lines, [1, depth], { fresh, still });
    this.switches.forEach((node, i) => node.setAttribute("aria-pressed", String(["z", "weight"][i] === this.quantity)));
    const ratios = nets.map((net, i) => ({
      points: [...net.ratio].map((value, l) => [l + 1, value]),
      kind: `${KINDS[i]} pg-dots`,
    }));
    this.ratio.show(step ? ratios : [], [1, depth], { fresh, still });
    for (
      const [what, chart] of [
        ["loss", this.loss],
        ["accuracy", this.accuracy],
      ]
    ) {
      const series = nets.flatMap((_, i) => [
        { points: this.history[i][what].raw, kind: `${KINDS[i]} pg-raw` },
        { points: this.history[i][what].smooth, kind: KINDS[i] },
      ]);
      chart.show(series, [0, Math.max(step, 10)], { fresh, still, ys: what === "accuracy" ? [0, 1] : undefined });
    }
    const now = performance.now();
    if (!this.running || this.fresh || now - this.painted > PICTURES_EVERY) {
      NAMES.forEach((_, i) => this.drawPictures(nets[i], i));
      this.painted = now;
    }
    this.fresh = false;
    this.fillTable(!this.running);
  }

  gradientLines(net, i) {
    const { last } = reach(net);
    const measured = { points: [...net[this.quantity]].map((value, l) => [l + 1, value]), kind: `${KINDS[i]} pg-dots` };
    if (!this.bases || !last) return [measured];
    const base = this.bases[i][this.quantity];
    return [
      { points: net.theory[this.quantity].map((value, l) => [l + 1, value * base]), kind: `${KINDS[i]} pg-theory` },
      measured,
    ];
  }

  drawSentences(nets, step) {
    this.play.textContent = this.running ? "Pause" : "Train";
    this.play.disabled = nets.every((net) => net.diverged);
    this.says.forEach((node, i) => {
      node.hidden = !nets[i];
      if (!nets[i]) return;
      const text = nets[i].diverged ? divergence(nets[i].diverged) : verdict(nets[i], step);
      node.classList.toggle("pg-bad", Boolean(nets[i].diverged));
      if (node.dataset.text === text) return;
      node.dataset.text = text;
      node.replaceChildren(...(nets.length > 1 ? [make("b", { textContent: NAMES[i] }), ` ${text}`] : [text]));
    });
    const found = nets.flatMap((net, i) =>
      troubles(net).map((text) => (nets.length > 1 ? `${NAMES[i]}: ${text}` : text))
    );
    if (found.join() !== this.found) {
      this.notes.replaceChildren(...found.map((text) => make("li", { textContent: text })));
    }
    this.found = found.join();
    const values = nets.map(
      (net, i) =>
        `${nets.length > 1 ? `${NAMES[i]}: ` : ""}loss ${short(net.loss, 3)}, accuracy ${percent(net.accuracy)}`,
    );
    this.readout.textContent = [`Step ${step}`, ...values].join(" · ");
  }

  drawPictures(net, i) {
    for (const views of [this.maps, this.histograms, this.drawings]) views[i].node.hidden = !net;
    if (!net) return;
    const name = this.state.b ? ` of network ${NAMES[i]}` : "";
    const color = this.colors[NAMES[i].toLowerCase()].join(" ");
    const { text } = this.colors;
    if (this.points && net.map) {
      this.maps[i].show(
        `Decision map${name}`,
        (...at) =>
          paintMap(...at, { map: net.map, side: net.side, points: this.points, extent: EXTENT, colors: this.colors }),
      );
    }
    this.histograms[i].show(
      `Activations by layer${name}; their numbers are in the table`,
      (...at) => paintHistogram(...at, { layers: net.layers, color, text }),
    );
    this.drawings[i].show(
      `The network${name}, its ink by gradient; the numbers are in the table`,
      (...at) => paintNetwork(...at, { drawing: net.drawing, color, text }),
    );
  }

  fillTable(now) {
    const time = performance.now();
    if (!this.tableBox.open || !this.frame || (!now && time - (this.filled ?? 0) < TABLE_EVERY)) return;
    this.filled = time;
    const heads = ["Layer", "dL/dz", "dL/dW", "Update / weight", "Mean of f(z)", "Deviation", "Silent", "Flat"];
    const row = (net, l) => {
      const own = net.layers[l];
      const inner = own
        ? [short(own.mean), short(own.deviation), percent(own.silent), percent(own.flat)]
        : ["–", "–", "–", "–"];
      return [own ? l + 1 : "output", short(net.z[l]), short(net.weight[l]), short(net.ratio[l]), ...inner];
    };
    const cell = (tag, text, more = {}) => make(tag, { textContent: text, ...more });
    const tables = this.frame.nets.map((net, i) =>
      make(
        "table",
        { className: "pg-table" },
        make("caption", {
          textContent: `${this.state.b ? `Network ${NAMES[i]}, step` : "Step"} ${this.frame.step}: ${
            title(i ? this.state.b : this.state.a)
          }`,
        }),
        make("thead", {}, make("tr", {}, ...heads.map((head) => cell("th", head, { scope: "col" })))),
        make(
          "tbody",
          {},
          ...Array.from(net.z, (_, l) => row(net, l)).map(([head, ...rest]) =>
            make("tr", {}, cell("th", head, { scope: "row" }), ...rest.map((text) => cell("td", text)))
          ),
        ),
      )
    );
    this.table.replaceChildren(...tables);
  }
}

customElements.define("vanishing-playground", Playground);
