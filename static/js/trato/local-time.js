// Times in the reader's time zone and language. A cookie lets the server format the next page's
// times in that zone.
import { gettext, language } from "trato/text";

// The page's language with the reader's region: 15:04 or 3:04 PM.
const region = navigator.languages.find((one) => one.split("-")[0] === language) ?? language;
const day = { weekday: "long", day: "numeric", month: "long" };
const short = { day: "numeric", month: "short" };
const year = "numeric"; // told where it is not this one
const formats = {
  time: new Intl.DateTimeFormat(region, { hour: "numeric", minute: "2-digit" }),
  day: [new Intl.DateTimeFormat(region, day), new Intl.DateTimeFormat(region, { ...day, year })],
  short: [new Intl.DateTimeFormat(region, short), new Intl.DateTimeFormat(region, { ...short, year })],
};

export const dayOf = (date) => date.toLocaleDateString("sv"); // 2026-11-24, in the local zone

/** Format a time; `kind`: "time", "day" or "short". */
export function format(kind, date) {
  const now = new Date();
  if (kind === "time" || (kind === "short" && dayOf(date) === dayOf(now))) return formats.time.format(date);
  if (kind === "day") {
    if (dayOf(date) === dayOf(now)) return gettext("Today");
    if (dayOf(date) === dayOf(new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1))) {
      return gettext("Yesterday");
    }
  }
  const isOfOtherYear = date.getFullYear() !== now.getFullYear();
  return formats[kind][Number(isOfOtherYear)].format(date);
}

export function write(element) {
  element.textContent = format(element.dataset.local, new Date(element.dateTime));
}

export function writeAll(root = document) {
  root.querySelectorAll("time[data-local]").forEach(write);
}

export function rememberZone() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  document.cookie = `timezone=${zone}; path=/; max-age=31536000; SameSite=Lax`;
}
