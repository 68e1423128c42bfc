/* In a page opened from a folder browsers start no worker. There a hidden frame runs its script. */
if (location.protocol === "file:") {
  const base = new URL(".", document.currentScript.src);
  globalThis.Worker = class extends EventTarget {
    constructor(script) {
      super();
      const frame = Object.assign(document.createElement("iframe"), {
        hidden: true,
        title: "search",
        src: `${new URL("frame.html", base)}#${encodeURIComponent(new URL(script, location))}`,
      });
      this.frame = new Promise((ready) => {
        addEventListener("message", ({ data, source }) => {
          if (source !== frame.contentWindow) return;
          if (data === "ready") ready(frame);
          else this.dispatchEvent(new MessageEvent("message", { data }));
        });
      });
      document.body.append(frame);
    }
    async postMessage(data) {
      (await this.frame).contentWindow.postMessage(data, "*");
    }
  };
}
