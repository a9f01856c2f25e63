// The reading panel, opened in place: each choice shows at once and is kept at once.
// Without this file its link leads to a page with the same form.
"use strict";

const root = document.documentElement;
const panel = document.getElementById("reading-panel");
const DEFAULTS = { font: "atkinson", size: "1", spacing: "1", tint: "paper", motion: "device" };

async function openPanel(link) {
  const answer = await fetch(link.href, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
  if (!answer.ok) throw new Error(answer.statusText);
  panel.innerHTML = await answer.text();
  prepare(panel.querySelector("form"), true);
  panel.querySelector("[data-reading-close]").addEventListener("click", () => panel.close());
  panel.showModal();
  panel.querySelector("#reading-title").focus();
}

function prepare(form, inPanel) {
  if (!form) return;
  if (inPanel) form.querySelector("[data-reading-save]").hidden = true;
  form.addEventListener("change", (event) => {
    show(event.target.name, event.target.value);
    if (inPanel) keep(form);
  });
  prepareListening(form);
}

function show(name, value) {
  if (!(name in DEFAULTS)) return;
  if (value === DEFAULTS[name]) root.removeAttribute(`data-${name}`);
  else root.setAttribute(`data-${name}`, value);
}

// Choices are kept one after the other, so that the last one stays.
let keeping = Promise.resolve();
function keep(form) {
  const body = new FormData(form);
  keeping = keeping.then(() => send(form, body));
}

async function send(form, body) {
  const said = form.querySelector("#reading-saved");
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" }, credentials: "same-origin" });
    if (!answer.ok) throw new Error(answer.statusText);
    const next = answer.headers.get("HX-Redirect");
    if (next) window.location.assign(next);
    else said.textContent = (await answer.text()).trim();
  } catch {
    said.textContent = form.dataset.notSaved;
  }
}

// Reading aloud, only by a voice that lives on this device: nothing of the page is sent anywhere.
const speech = window.speechSynthesis;
function localVoice(language) {
  const start = language.split("-")[0].toLowerCase();
  return speech?.getVoices().find((voice) => voice.localService && voice.lang.toLowerCase().startsWith(start));
}

function prepareListening(part) {
  const place = part.querySelector("[data-read-aloud]");
  if (!speech || !place) return;
  const button = place.querySelector("button");
  const offer = () => { place.hidden = !localVoice(root.lang); };
  offer();
  speech.addEventListener?.("voiceschanged", offer);
  const name = (word) => { button.querySelector("span").textContent = button.dataset[word]; };
  if (speech.speaking) name("stop");
  button.addEventListener("click", () => {
    if (speech.speaking) {
      speech.cancel();
      name("listen");
    } else {
      name("stop");
      readAloud(() => name("listen"));
    }
  });
}

function readAloud(whenDone) {
  const voice = localVoice(root.lang);
  const pieces = [...document.querySelectorAll("main :is(h1, h2, h3, h4, p, li, legend, label, th, td, dt, dd, .row-main, .row-sub, .date-tile)")]
    .filter((piece) => piece.offsetParent !== null && !piece.closest("dialog, .visually-hidden, form.reading-form"))
    .filter((piece, _place, all) => !all.some((other) => other !== piece && other.contains(piece)))
    .filter((piece) => piece.innerText.trim());
  pieces.forEach((piece, place) => {
    const words = new SpeechSynthesisUtterance(piece.innerText.trim());
    words.lang = piece.closest("[lang]").lang;
    words.voice = localVoice(words.lang) ?? voice;
    if (place === pieces.length - 1) words.addEventListener("end", whenDone);
    speech.speak(words);
  });
}
window.addEventListener("pagehide", () => speech?.cancel());

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-reading-open]");
  if (!link || !panel?.showModal || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  // On the page of the panel itself there is nothing to open.
  if (document.getElementById("reading-form") && !panel.open) return;
  event.preventDefault();
  link.closest("details")?.removeAttribute("open");
  openPanel(link).catch(() => window.location.assign(link.href));
});
panel?.addEventListener("click", (event) => { if (event.target === panel) panel.close(); });
prepare(document.getElementById("reading-form"), false);
// A page that is there to be listened to offers it among its words too.
const offered = document.querySelector("main [data-read-aloud]:not(form [data-read-aloud])");
if (offered) prepareListening(offered.parentElement);
