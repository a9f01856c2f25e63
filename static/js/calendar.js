// The calendar, drawn by FullCalendar in the school's time zone. Without it the page is a list of the week.
"use strict";

const place = document.getElementById("calendar");
const list = document.getElementById("week-list");

function draw() {
  const words = place.dataset;
  const isNarrow = window.matchMedia("(max-width: 40em)").matches;
  const calendar = new FullCalendar.Calendar(place, {
    locale: words.language,
    direction: document.documentElement.dir || "ltr",
    timeZone: words.zone,
    now: words.now,
    initialDate: words.day,
    initialView: isNarrow ? "timeGridDay" : "timeGridWeek",
    headerToolbar: {
      start: "title",
      end: isNarrow ? "timeGridDay,dayGridMonth prev,next" : "timeGridWeek,dayGridMonth today prev,next",
    },
    firstDay: 1,
    hiddenDays: JSON.parse(words.daysOff),
    allDaySlot: false,
    slotMinTime: "07:00:00",
    slotMaxTime: "18:00:00",
    height: "auto",
    // Times as on the rest of the pages: 13:10, not 1:10pm.
    eventTimeFormat: { hour: "numeric", minute: "2-digit", hourCycle: "h23" },
    slotHeaderFormat: { hour: "numeric", minute: "2-digit", hourCycle: "h23" },
    slotMinHeight: 34, // so that two lines of text fit into one period
    // Our own words, which every language of a school has.
    todayText: words.today,
    todayHint: words.today,
    monthText: words.month,
    weekTextLong: words.week,
    dayText: words.dayView,
    prevHint: words.before,
    nextHint: words.after,
    dayMaxEvents: 4,
    nowIndicator: true,
    // The cell's own name (the date) would hide what stands in it from a screen reader.
    dayCellDidMount: ({ el }) => el.removeAttribute("aria-label"),
    events: { url: words.events, failure: fail },
  });
  calendar.render();
}

function fail() {
  place.hidden = true;
  list.hidden = false;
  document.getElementById("calendar-broken").textContent = place.dataset.broken;
}

if (place && window.FullCalendar) {
  place.hidden = false;
  list.hidden = true;
  try {
    draw();
  } catch {
    fail();
  }
}
