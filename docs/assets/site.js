/* What Material leaves to do for those who use no mouse: when a part comes near, and whenever the window's
   width changes. */
function mend(within) {
  for (const box of document.querySelectorAll(".katex-display, .md-typeset__scrollwrap, .jp-OutputArea-output pre")) {
    if (!within.contains(box) || !box.checkVisibility({ contentVisibilityAuto: true })) continue; // its turn will come
    const wide = box.scrollWidth > box.clientWidth;
    box.toggleAttribute("tabindex", wide);
    if (wide) box.tabIndex = 0; // what scrolls can be scrolled by keys
  }
}
/* The menu and the search of narrow windows are labels of hidden boxes: keys reach them, and their names can be read. */
for (const [box, name] of [["drawer", "Menu"], ["search", "Search"]]) {
  for (const label of document.querySelectorAll(`.md-header__button[for=__${box}]`)) {
    label.tabIndex = 0; // Material clicks a label at Enter
    label.insertAdjacentHTML("beforeend", `<span class="unseen">${name}</span>`);
    label.addEventListener("keydown", (event) => {
      if (event.key !== " ") return;
      event.preventDefault();
      label.click();
    });
  }
}
/* The list of the page's headings opens at the reader's own: while the menu is closed, nothing in it follows. */
document.addEventListener("change", (event) => {
  if (event.target.id !== "__toc") return;
  const link = document.querySelector(".md-nav--primary [data-md-component=toc] .md-nav__link--active");
  const list = link && link.closest("[data-md-component=toc]");
  if (list) {
    list.scrollTop += link.getBoundingClientRect().top - list.getBoundingClientRect().top - list.clientHeight / 2;
  }
});
document.addEventListener("contentvisibilityautostatechange", (event) => event.skipped || mend(event.target), true);
new ResizeObserver(() => mend(document)).observe(document.querySelector(".md-content"));
