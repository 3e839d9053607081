// Tells the server that a member of a shop is online while a tab is in view. Heartbeats set the pace,
// so that a tab in the background needs no timer.
import { session } from "trato/session";

const NOT_WITHIN = 10000; // milliseconds, at least, since the last time

let toldAt = -Infinity;

function tellServer() {
  if (document.visibilityState !== "visible" || Date.now() < toldAt + NOT_WITHIN) return;
  if (session.send({ type: "active" })) toldAt = Date.now();
}

if (document.querySelector("[data-sells]")) {
  for (const kind of ["live", "heartbeat"]) session.on(kind, tellServer);
  document.addEventListener("visibilitychange", tellServer);
  tellServer();
}
