// Dragging a booking onto another period of the drawn week, or where no period is, to that time by the clock. It goes
// back at once, and moves when the server said yes; what the server said is read out. By keyboard, and on the list, the link "Move" does the same.
"use strict";

const minuteOf = (moment) => Date.parse(`${moment.slice(0, 16)}Z`) / 60000; // by the clock on the school's wall

// What FullCalendar needs to know, in the words of the page.
function moving(words) {
  const said = document.getElementById("calendar-said");
  const targets = new Map(); // the periods of each booking, asked for once
  let dragged = null;
  let stoppedAt = 0;

  function say(text, isMoved, move) {
    said.className = `alert ${isMoved ? "alert-success" : "alert-warning"}`;
    said.textContent = text;
    if (move) said.append(" ", linkTo(move, words.other, ""));
  }

  function periodsOf(event, view) {
    const key = `${event.extendedProps.periods}${view.activeStart.toISOString()}`;
    if (!targets.has(key)) {
      const asked = new URLSearchParams({ start: view.activeStart.toISOString(), end: view.activeEnd.toISOString() });
      targets.set(key, fetch(`${event.extendedProps.periods}?${asked}`).then((answer) => (answer.ok ? answer.json() : [])));
    }
    return targets.get(key);
  }

  async function showTargets({ event, view }) {
    dragged = event.id;
    const periods = await periodsOf(event, view).catch(() => []);
    if (dragged !== event.id || said.dataset.source) return;
    said.dataset.source = "shown";
    const events = periods.map(({ title, start, end }) => ({ title, start, end, display: "background", className: "event-target" }));
    view.calendar.addEventSource({ id: "targets", events });
  }

  function hideTargets({ view }) {
    dragged = null;
    stoppedAt = Date.now();
    delete said.dataset.source;
    view.calendar.getEventSourceById("targets")?.remove();
  }

  async function send(event, slot) {
    const { move, room } = event.extendedProps;
    const answer = await fetch(move, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]").value },
      body: new URLSearchParams({ ...slot, room }),
    });
    if (answer.status >= 500) throw new Error("away");
    if (!(answer.headers.get("Content-Type") || "").includes("json")) return window.location.reload();
    say((await answer.json()).said, answer.ok, answer.ok ? "" : move);
  }

  async function drop({ event, oldEvent, view, revert }) {
    const [from, to] = [minuteOf(event.startStr), minuteOf(event.endStr)];
    const [day, starts] = [event.startStr.slice(0, 10), event.startStr.slice(11, 16)];
    const stood = minuteOf(oldEvent.startStr);
    revert();
    said.textContent = "";
    try {
      const onto = mostOf(await periodsOf(event, view), from, to);
      if (onto && minuteOf(onto.start) === stood) return;
      await send(event, onto ? { day: onto.day, period: onto.period } : { day, starts, minutes: to - from });
      view.calendar.refetchEvents();
    } catch {
      targets.clear();
      say(words.away, false, event.extendedProps.move);
    }
  }

  // The end of a drag over a link is no tap on it.
  place.addEventListener("click", (event) => Date.now() - stoppedAt < 300 && event.preventDefault(), true);

  return {
    // A booking that can be moved holds two links, so it is none itself.
    eventDataTransform: (raw) => (raw.move ? { ...raw, url: "", page: raw.url, startEditable: true } : raw),
    eventContent: ({ event, timeText }) => {
      const { move, page } = event.extendedProps;
      if (!move) return true;
      const both = document.createElement("div");
      both.append(linkTo(move, words.move, "event-move", event.title), linkTo(page, `${timeText}\n${event.title}`, "event-page"));
      return { domNodes: [both] };
    },
    eventDragStart: showTargets,
    eventDragStop: hideTargets,
    eventDrop: drop,
    dragRevertDuration: 0,
  };
}

// The period that covers most of a stretch; none where it touches none.
function mostOf(periods, from, to) {
  const shared = ({ start, end }) => Math.min(to, minuteOf(end)) - Math.max(from, minuteOf(start));
  const touched = periods.filter((period) => shared(period) > 0);
  return touched.sort((one, other) => shared(other) - shared(one))[0];
}

function linkTo(address, text, kind, about) {
  const link = document.createElement("a");
  link.href = address;
  link.className = kind;
  link.draggable = false;
  link.textContent = text;
  if (about) link.setAttribute("aria-label", `${text}: ${about}`);
  return link;
}
