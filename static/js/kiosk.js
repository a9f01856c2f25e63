// The check-in of a shared tablet. While the network is away, PINs wait here and are sent again; who is noted twice is
// noted once.
const form = document.querySelector("[data-kiosk]");
const said = document.getElementById("kiosk-said");
const place = `kiosk-${form.dataset.kiosk}`;

function waiting() {
  return JSON.parse(localStorage.getItem(place) || "[]");
}

function keep(pins) {
  localStorage.setItem(place, JSON.stringify(pins));
}

function say(text, isIn) {
  said.textContent = text;
  said.className = `alert ${isIn ? "alert-success" : "alert-warning"}`;
  said.hidden = false;
}

// What the server says to a PIN; throws where the network, or the server, is away.
async function send(pin) {
  const answer = await fetch(form.action, {
    method: "POST",
    headers: { Accept: "application/json", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
    body: new URLSearchParams({ pin }),
  });
  if (answer.status >= 500) throw new Error("away");
  if (!(answer.headers.get("Content-Type") || "").includes("json")) return location.reload();
  return { text: (await answer.json()).said, isIn: answer.ok, isTooEarly: answer.status === 429 };
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const pin = form.elements.pin.value;
  form.reset();
  form.elements.pin.focus();
  try {
    const answer = await send(pin);
    if (answer) say(answer.text, answer.isIn);
  } catch {
    keep([...new Set([...waiting(), pin])]);
    say(form.dataset.waits, true);
  }
});

async function sendAgain() {
  for (const pin of waiting()) {
    try {
      const answer = await send(pin);
      if (!answer || answer.isTooEarly) return; // another page than ours, or after many wrong ones: it waits on
    } catch {
      return;
    }
    keep(waiting().filter((one) => one !== pin));
  }
}
window.setInterval(sendAgain, 5000);
sendAgain();

// The square changes every minute. Without the network it is taken away, since an old one lets nobody in.
const square = document.querySelector("[data-square]");
const away = document.querySelector("[data-square-away]");
const address = square.src;
function show(isThere) {
  square.hidden = !isThere;
  away.hidden = isThere;
}
square.addEventListener("load", () => show(true));
square.addEventListener("error", () => show(false));
window.setInterval(() => (square.src = `${address}?${Date.now()}`), 20000);
