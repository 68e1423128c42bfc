/* Trains away from the page, so that the page stays smooth. */

import { Session } from "./session.js";

const CHUNK = 12; // milliseconds of training between looks at messages
const MAP_EVERY = 150; // milliseconds between decision maps while training
const PACES = { slow: 3, medium: 30 }; // steps a second; any other pace: as fast as it goes

let [session, built, running, pace, timer, drawn, lastMap] = [null, 0, false, "fast", null, true, 0];

const answers = {
  async build({ id, state }) {
    stop();
    session = null;
    built = id;
    const made = await Session.create(state);
    if (built !== id) return; // another one has been asked for meanwhile
    session = made;
    const points = session.data.inputs === 2 ? { x: session.data.x, y: session.data.y } : null;
    post({ type: "built", points });
  },
  train() {
    if (running || session.over) return;
    running = true;
    timer = setTimeout(train);
  },
  pause() {
    stop();
    post();
  },
  step() {
    stop();
    session.advance();
    post();
  },
  rewind() {
    stop();
    session.rewind();
    post();
  },
  rate({ which, rate }) {
    session.nets[which].rate = rate;
  },
  pace({ value }) {
    pace = value;
  },
  drawn() {
    drawn = true;
  },
};

onmessage = async ({ data }) => {
  if (!session && data.type !== "build") return;
  try {
    await answers[data.type](data);
  } catch (error) {
    postMessage({ type: "failed", id: built, message: String(error.message) });
  }
};

function stop() {
  running = false;
  clearTimeout(timer);
}

function train() {
  const until = performance.now() + CHUNK;
  do session.advance(); while (!PACES[pace] && performance.now() < until && !session.over);
  if (session.over) running = false;
  if (drawn || !running) post();
  if (running) timer = setTimeout(train, PACES[pace] ? 1000 / PACES[pace] : 0);
}

/** Send a frame; while training the next waits until the page has drawn it. */
function post(more = {}) {
  const now = performance.now();
  const map = !running || now - lastMap > MAP_EVERY;
  if (map) lastMap = now;
  drawn = false;
  postMessage({ type: "frame", ...more, id: built, running, ...session.frame(map) });
}
