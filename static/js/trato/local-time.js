// Shows times in the reader's language, and in the time zone that they have chosen or their device has.
// A cookie lets the server format the next page's times in the device's time zone.
import { gettext, language } from "trato/text";

// The page's language with the reader's region: Sunday 1 March or Sunday, March 1. Without a region,
// English is as the server writes it, with the day first.
const regional = navigator.languages.find((one) => one.startsWith(`${language}-`));
const region = regional ?? (language === "en" ? "en-GB" : language);
// The reader's clock, also on pages in another language: 15:04 or 3:04 PM.
const { hourCycle } = new Intl.DateTimeFormat(navigator.language, { hour: "numeric" }).resolvedOptions();
const clock = { hour: "numeric", minute: "2-digit", hourCycle };
const day = { weekday: "long", day: "numeric", month: "long", timeZone: chosenZone() };
const short = { day: "numeric", month: "short", timeZone: chosenZone() };
const when = { weekday: "short", ...short, ...clock };
const year = "numeric"; // shown if it isn't this year
const timeZone = chosenZone();
const opening = { weekday: "long", ...clock, timeZone };
const formats = {
  time: new Intl.DateTimeFormat(region, { ...clock, timeZone }),
  day: [new Intl.DateTimeFormat(region, day), new Intl.DateTimeFormat(region, { ...day, year })],
  short: [new Intl.DateTimeFormat(region, short), new Intl.DateTimeFormat(region, { ...short, year })],
  when: [new Intl.DateTimeFormat(region, when), new Intl.DateTimeFormat(region, { ...when, year })],
  opening: [
    new Intl.DateTimeFormat(region, opening),
    new Intl.DateTimeFormat(region, { ...opening, day: "numeric", month: "short" }),
  ],
};
const spans = [["day", 1440], ["hour", 60], ["minute", 1]].map(([unit, minutes]) => [
  minutes,
  new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }),
]);
const WEEK = 6 * 24 * 3600 * 1000; // milliseconds in which a weekday is clear without a date

const days = new Intl.DateTimeFormat("sv", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });

export const dayOf = (date) => days.format(date); // 2026-11-24

/** Return the day before a day, both as 2026-11-24. Use the calendar, because days may have 23 hours. */
function dayBefore(text) {
  const [year, month, day] = text.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1, day - 1)).toISOString().slice(0, 10);
}

/** Return the time zone from the account's settings; undefined for the device's, or if it is unknown. */
function chosenZone() {
  const zone = document.cookie.match(/(?:^|; )timezone_chosen="?([\w+\/-]+)/)?.[1];
  try {
    return zone && new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

/** Write hours as the server and the shop's hours do: 9:04, though some formats say 09:04. */
function written(format, date) {
  const parts = format.formatToParts(date);
  return parts.map(({ type, value }) => (type === "hour" ? Number(value) : value)).join("");
}

/** Return how long ago a time was: 2 hours. */
function spanSince(date) {
  const minutes = Math.floor((Date.now() - date) / 60000);
  const [size, unit] = spans.find(([size]) => minutes >= size) ?? [];
  return unit ? unit.format(Math.floor(minutes / size)) : gettext("under a minute");
}

/** Format a time; `kind`: "time", "day", "short", "when", "opening" or "span". */
export function format(kind, date) {
  if (kind === "span") return spanSince(date);
  const now = new Date();
  const isToday = dayOf(date) === dayOf(now);
  if (kind === "time" || (isToday && kind !== "day")) return written(formats.time, date);
  if (kind === "day") {
    if (dayOf(date) === dayOf(now)) return gettext("Today");
    if (dayOf(date) === dayBefore(dayOf(now))) return gettext("Yesterday");
  }
  if (kind === "opening") {
    if (dayOf(date) === dayOf(now)) return written(formats.time, date);
    return written(formats.opening[Number(date - now > WEEK)], date);
  }
  const isOfOtherYear = dayOf(date).slice(0, 4) !== dayOf(now).slice(0, 4);
  return written(formats[kind][Number(isOfOtherYear)], date);
}

export function write(element) {
  if (!element.dateTime) return; // filled in later
  element.textContent = format(element.dataset.local, new Date(element.dateTime));
}

export function writeAll(root = document) {
  root.querySelectorAll("time[data-local]").forEach(write);
}

export function rememberZone() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  document.cookie = `timezone=${zone}; path=/; max-age=31536000; SameSite=Lax`;
}
