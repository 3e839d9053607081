// The desk in the admin: keys, live counts, and the claim of an open case, which is renewed while the page
// has the focus.
import { request, submit } from "trato/api";
import { session } from "trato/session";

const GATHER = 500; // milliseconds; changes within this time are one request

const head = document.querySelector("[data-desk]");
const page = document.querySelector("[data-case]");
let timer = null;
let isAsking = false;
let isWanted = false;
let isNews = false;

/** Show the counts, one request at a time. A change meanwhile causes one more request afterwards. */
async function count() {
  timer = null;
  isAsking = true;
  isWanted = false;
  await show();
  isAsking = false;
  if (isWanted) ask();
}

/** Show the current counts. If an event arrived or the counts differ, also show that there is news. */
async function show() {
  const answer = await request(head.dataset.desk, { headers: { Accept: "application/json" } });
  if (!answer?.ok) return;
  const counts = await answer.json().catch(() => null);
  if (!counts) return;
  for (const place of head.querySelectorAll("[data-count]")) {
    const now = String(counts[place.dataset.count]);
    isNews ||= place.textContent.trim() !== now;
    place.textContent = now;
  }
  if (isNews) head.querySelector(".desk-news").hidden = false;
}

function ask() {
  isWanted = true;
  if (!isAsking) timer ??= setTimeout(count, GATHER);
}

function changed() {
  isNews = true;
  ask();
}

/** Show in a case's row who works on it now. Its place and the filters change with the next page. */
function claimed({ case: key, name }) {
  const link = document.querySelector(`#result_list a[href*="/case/${key}/change/"]`);
  const cell = link?.closest("tr").querySelector(".field-who");
  if (cell) cell.textContent = name || "-";
  changed();
}

let renamed = [];

/** Show some cases' people as the page would name them now: one has deleted their account. */
async function rename() {
  const answer = await request(location.href, { headers: { Accept: "text/html" } });
  const text = answer?.ok ? await answer.text().catch(() => "") : "";
  const page = new DOMParser().parseFromString(text, "text/html");
  for (const key of renamed.splice(0)) {
    const whom = (root) => root.querySelector(`#result_list a[href*="/case/${key}/change/"]`)
      ?.closest("tr").querySelector(".field-whom");
    if (whom(document)) whom(document).textContent = whom(page)?.textContent ?? "–";
  }
}

if (head) {
  session.on("case.changed", ({ case: key }) => {
    if (renamed.push(key) === 1) setTimeout(rename, GATHER);
  });
  session.on("desk.changed", changed);
  session.on("case.claimed", claimed);
  session.on("case.claimed", changed);
  // Events before the socket was open were missed.
  session.on("live", () => (head.dataset.wasLive ? changed() : ask()));
  if (session.live) ask();
  session.on("lost", () => (head.dataset.wasLive = "1"));
}

if (page) session.on("case.changed", (frame) => String(frame.case) === page.dataset.case && location.reload());

if (page?.dataset.renew) {
  const renew = async () => {
    if (!document.hasFocus()) return;
    const answer = await submit(page.dataset.renew, {}, "application/json");
    if (answer?.status === 409) location.reload(); // the case is closed, or somebody else has it now
  };
  setInterval(renew, Number(page.dataset.every) * 1000);
  window.addEventListener("focus", renew);
}
if (page && !page.dataset.renew) {
  session.on("case.claimed", (frame) => String(frame.case) === page.dataset.case && location.reload());
}

// One key per action, unless somebody is writing.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=submit]), textarea, select")) return;
  const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!target) return;
  event.preventDefault();
  target.click();
});
