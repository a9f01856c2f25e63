// Small kindnesses for every page. Each page works without them.
"use strict";

// A menu made of <details> closes when somebody clicks beside it or presses Escape.
function closeMenus(event) {
  for (const menu of document.querySelectorAll("details[data-closes-outside][open]")) {
    if (event.type === "keydown" && event.key === "Escape") {
      menu.open = false;
      menu.querySelector("summary").focus();
    } else if (event.type === "click" && !menu.contains(event.target)) {
      menu.open = false;
    }
  }
}
document.addEventListener("click", closeMenus);
document.addEventListener("keydown", closeMenus);

// A form that came back with errors: begin at what is wrong.
document.querySelector("[data-form-errors]")?.focus();

// A page that htmx puts in the place of another took the focus away with it: begin at what is wrong, or at the beginning.
document.addEventListener("htmx:afterSettle", ({ target }) => {
  const wrong = target.querySelector("[data-form-errors]");
  if (wrong) wrong.focus();
  else if (target.id === "main" && document.activeElement === document.body) target.focus({ preventScroll: true });
});

// A second click on a button that is already sending does nothing. Coming back to the page frees it again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "dialog" || event.defaultPrevented) return;
  if (form.dataset.sending) {
    event.preventDefault();
    return;
  }
  form.dataset.sending = "yes";
  window.setTimeout(() => delete form.dataset.sending, 4000);
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sending]")) delete form.dataset.sending;
});

// A table wider than the page is reached by keyboard, so that its arrows can scroll it.
for (const box of document.querySelectorAll(".table-responsive")) {
  if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
}
