/* What Material leaves to do for those who use no mouse: each visit, and whenever the window's width changes. */
function mend() {
  for (const box of document.querySelectorAll(".katex-display, .md-typeset__scrollwrap, .jp-OutputArea-output pre")) {
    const wide = box.scrollWidth > box.clientWidth;
    box.toggleAttribute("tabindex", wide);
    if (wide) box.tabIndex = 0; // what scrolls can be scrolled by keys
  }
  for (const nav of document.querySelectorAll("nav.md-code__nav:not([role])")) nav.role = "presentation";
}
/* The menu and the search of narrow windows are labels of hidden boxes: keys reach them as buttons. */
for (const [name, label] of [["drawer", "Menu"], ["search", "Search"]]) {
  for (const button of document.querySelectorAll(`.md-header__button[for=__${name}]`)) {
    Object.assign(button, { tabIndex: 0, role: "button", ariaLabel: label }); // Material clicks a label at Enter
    button.addEventListener("keydown", (event) => {
      if (event.key !== " ") return;
      event.preventDefault();
      button.click();
    });
  }
}
document$.subscribe(() => {
  new ResizeObserver(mend).observe(document.querySelector(".md-content"));
});
