/* What a worker's script expects around it: messages go to the page that opened this frame, and there is no parent. */
const page = parent;
globalThis.parent = undefined;
globalThis.postMessage = (data) => page.postMessage(data, "*");
const script = document.createElement("script");
script.src = decodeURIComponent(location.hash.slice(1));
script.onload = () => postMessage("ready");
document.head.append(script);
