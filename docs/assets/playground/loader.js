/* Brings the playground to a page that has one, whichever way the reader came to it. */

document$.subscribe(() => {
  if (!document.querySelector("vanishing-playground")) return;
  if (!document.querySelector("link[href$='playground.css']")) {
    const style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = new URL("playground.css", import.meta.url);
    document.head.append(style);
  }
  import("./element.js");
});
