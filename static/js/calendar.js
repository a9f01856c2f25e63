// The calendar, drawn by FullCalendar in the school's time zone. Without it, and on a phone, the page is a list.
"use strict";

const place = document.getElementById("calendar");
const list = document.getElementById("week-list");

function draw() {
  const words = place.dataset;
  const isMonth = words.view === "month";
  const calendar = new FullCalendar.Calendar(place, {
    locale: words.language,
    direction: document.documentElement.dir || "ltr",
    timeZone: words.zone,
    now: words.now,
    initialDate: words.day,
    initialView: isMonth ? "dayGridMonth" : "timeGridWeek",
    headerToolbar: { start: "title", end: "today prev,next" },
    firstDay: 1,
    hiddenDays: JSON.parse(words.daysOff),
    allDaySlot: false,
    slotMinTime: "07:00:00",
    slotMaxTime: "18:00:00",
    snapDuration: "00:05:00", // at a whole five minutes, as a booking by the clock begins
    height: "auto",
    // Times as on the rest of the pages: 13:10, not 1:10pm.
    eventTimeFormat: { hour: "numeric", minute: "2-digit", hourCycle: "h23" },
    slotHeaderFormat: { hour: "numeric", minute: "2-digit", hourCycle: "h23" },
    slotMinHeight: 34, // so that two lines of text fit into one period
    // Our own words, which every language of a school has.
    todayText: words.today,
    todayHint: words.today,
    prevHint: words.before,
    nextHint: words.after,
    dayMaxEvents: 4,
    nowIndicator: true,
    // The cell's own name (the date) would hide what stands in it from a screen reader.
    dayCellDidMount: ({ el }) => el.removeAttribute("aria-label"),
    events: { url: words.events, failure: fail },
    datesSet: ({ view }) => keepPlace(view.currentStart),
    ...(isMonth ? {} : moving(words)),
  });
  calendar.render();
}

// The other ways to show it begin at what is shown now.
function keepPlace(start) {
  const day = start.toISOString().slice(0, 10);
  for (const link of document.querySelectorAll("a[data-keeps-place]")) {
    const address = new URL(link.href);
    address.searchParams.set("week", day);
    link.href = address;
  }
}

function fail() {
  place.hidden = true;
  list.hidden = false;
  document.getElementById("calendar-said").textContent = place.dataset.broken;
}

if (place && window.FullCalendar && !window.matchMedia("(max-width: 40em)").matches) {
  place.hidden = false;
  list.hidden = true;
  try {
    draw();
  } catch {
    fail();
  }
}
