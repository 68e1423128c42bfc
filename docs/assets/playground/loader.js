/* Brings the playground to a page that has one. */

const ENGINE = [
  "activations",
  "data",
  "initializers",
  "layers",
  "losses",
  "matrix",
  "network",
  "optimizers",
  "random",
  "theory",
];
const MODULES = ["charts", "controls", "element", "keras", "program", "session", "state", "torch", "words", "worker"];

function link(rel, path) {
  const node = document.createElement("link");
  document.head.append(Object.assign(node, { rel, href: new URL(path, import.meta.url) }));
}

if (document.querySelector("vanishing-playground")) {
  link("stylesheet", "playground.css");
  // All at once: found one by one, each level of imports would cost a round trip.
  for (const name of MODULES) link("modulepreload", `${name}.js`);
  for (const name of ENGINE) link("modulepreload", `engine/${name}.js`);
  import("./element.js");
}
