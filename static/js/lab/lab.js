// Shows the progress of a dry run, and reloads the page once it has ended.
import { request } from "trato/api";

const EVERY = 2000; // milliseconds

const part = document.querySelector("[data-dry-run]");

async function show() {
  const answer = await request(part.dataset.dryRun, { headers: { Accept: "application/json" } });
  if (answer?.ok) {
    const run = await answer.json();
    if (run.state !== "waiting") return location.reload();
    part.querySelector("progress").value = run.percent;
    for (const place of part.querySelectorAll("[data-count]")) place.textContent = run[place.dataset.count];
  }
  setTimeout(show, EVERY);
}

if (part) setTimeout(show, EVERY);
