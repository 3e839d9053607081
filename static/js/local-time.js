// Times in the reader's zone and language. The cookie lets the server write them so next time.
import { language } from "trato/text";

// The page's language, as it is written where the reader lives: 15:04 or 3:04 PM.
const region = navigator.languages.find((one) => one.split("-")[0] === language) ?? language;
const formats = {
  time: new Intl.DateTimeFormat(region, { hour: "numeric", minute: "2-digit" }),
  day: new Intl.DateTimeFormat(region, { weekday: "long", day: "numeric", month: "long" }),
  short: new Intl.DateTimeFormat(region, { day: "numeric", month: "short" }),
};

export const dayOf = (date) => date.toLocaleDateString("sv"); // 2026-11-24, in the local zone

export function write(element) {
  const date = new Date(element.dateTime);
  let kind = element.dataset.local;
  if (kind === "short" && dayOf(date) === dayOf(new Date())) kind = "time";
  element.textContent = formats[kind].format(date);
}

export function writeAll(root = document) {
  root.querySelectorAll("time[data-local]").forEach(write);
}

export function rememberZone() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  document.cookie = `timezone=${zone}; path=/; max-age=31536000; SameSite=Lax`;
}
