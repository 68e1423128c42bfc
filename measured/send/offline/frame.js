/* What a worker's script expects around it: messages go to the page that opened this frame, and there is no parent. */
const page = parent;
window.parent = undefined;
window.postMessage = (data) => page.postMessage(data, "*");
const script = document.createElement("script");
script.src = decodeURIComponent(location.hash.slice(1));
script.onload = () => postMessage("ready");
document.head.append(script);
