// Tells the server that a member of a shop is there, as long as a tab is in view. Heartbeats set the
// pace, so that a tab in the background needs no timer.
import { session } from "trato/session";

const NOT_WITHIN = 10000; // milliseconds after the last time

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
