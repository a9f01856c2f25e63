// The grid of free periods: tap, draw over several, or arrows and space. Without it the page is a table of checkboxes.
"use strict";

const grid = document.querySelector("[data-free-grid]");

function boxesOf(button) {
  const cell = button.closest("td");
  return { free: cell.querySelector("[name=slot]"), leave: cell.querySelector("[name=leave]") };
}

function stateOf(button) {
  const { free, leave } = boxesOf(button);
  return free.checked ? "free" : leave?.checked ? "leave" : "none";
}

function show(button) {
  const state = stateOf(button);
  button.dataset.state = state;
  button.querySelector("[data-free-word]").textContent = grid.dataset[state];
}

function set(button, state) {
  const { free, leave } = boxesOf(button);
  free.checked = state === "free" || (state === "leave" && !leave);
  if (leave) leave.checked = state === "leave";
  show(button);
}

function nextState(button) {
  const states = boxesOf(button).leave ? ["none", "free", "leave"] : ["none", "free"];
  return states[(states.indexOf(stateOf(button)) + 1) % states.length];
}

// One stop for the tab key: the cell where one was last.
function stopAt(button) {
  for (const other of grid.querySelectorAll(".free-cell")) other.tabIndex = other === button ? 0 : -1;
}

function isShown(button) {
  return button && button.offsetParent !== null;
}

// The next cell with a period in this direction, counted in rows and columns.
function neighbour(button, down, across) {
  const cell = button.closest("td");
  let row = cell.parentElement.rowIndex;
  let column = cell.cellIndex;
  for (;;) {
    row += down;
    column += across;
    const there = grid.rows[row]?.cells[column];
    if (!there || row < 1 || column < 1) return null;
    const found = there.querySelector(".free-cell");
    if (isShown(found)) return found;
  }
}

function onKey(event) {
  const button = event.target.closest(".free-cell");
  const ahead = getComputedStyle(grid).direction === "rtl" ? -1 : 1;
  const ways = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowRight: [0, ahead], ArrowLeft: [0, -ahead] };
  if (!button || !(event.key in ways)) return;
  event.preventDefault();
  const next = neighbour(button, ...ways[event.key]);
  if (!next) return;
  stopAt(next);
  next.focus();
}

// Drawing: the first cell decides, and every cell that the pointer comes over gets the same.
let brush = null;
let wasDrawn = false;

function onDown(event) {
  const button = event.target.closest(".free-cell");
  if (!button || event.button !== 0) return;
  if (button.hasPointerCapture?.(event.pointerId)) button.releasePointerCapture(event.pointerId);
  brush = nextState(button);
  wasDrawn = true;
  set(button, brush);
  stopAt(button);
}

function onMove(event) {
  if (brush === null) return;
  const button = document.elementFromPoint(event.clientX, event.clientY)?.closest(".free-cell");
  if (button && grid.contains(button) && stateOf(button) !== brush) set(button, brush);
}

function onEnd() {
  brush = null;
}

// A click without a pointer is the keyboard's, or a screen reader's.
function onClick(event) {
  const button = event.target.closest(".free-cell");
  if (!button) return;
  if (!wasDrawn) {
    set(button, nextState(button));
    stopAt(button);
  }
  wasDrawn = false;
  document.querySelector("[data-free-said]").textContent = button.textContent;
}

// On a phone one kind of day at a time.
function showKind(number) {
  for (const row of grid.rows) {
    for (const [column, cell] of [...row.cells].entries()) cell.classList.toggle("off-phone", column > 0 && column !== number);
  }
  const chips = document.querySelectorAll("[data-free-kinds] .chip");
  for (const [index, chip] of chips.entries()) chip.setAttribute("aria-pressed", String(index + 1 === number));
  const first = [...grid.querySelectorAll(".free-cell")].find(isShown);
  if (first) stopAt(first);
}

function begin() {
  const buttons = grid.querySelectorAll(".free-cell");
  for (const button of buttons) {
    button.hidden = false;
    button.closest("td").querySelector(".free-boxes").hidden = true;
    show(button);
  }
  const kinds = document.querySelector("[data-free-kinds]");
  kinds.hidden = kinds.children.length < 2;
  for (const [index, chip] of [...kinds.children].entries()) chip.addEventListener("click", () => showKind(index + 1));
  document.querySelector("[data-free-help]").hidden = false;
  showKind(1);
  grid.addEventListener("keydown", onKey);
  grid.addEventListener("pointerdown", onDown);
  grid.addEventListener("pointermove", onMove);
  for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, onEnd);
  grid.addEventListener("click", onClick);
  // Coming back to the page, the browser has put the checkboxes as they were left.
  window.addEventListener("pageshow", () => buttons.forEach(show));
}

if (grid) begin();
