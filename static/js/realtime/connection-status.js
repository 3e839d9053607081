// Describes the state of the connection, but only if a problem lasts.
import { session } from "trato/session";
import { outbox } from "trato/outbox";
import { explain } from "trato/ended";
import { fill, gettext, ngettext } from "trato/text";

const SHOW_AFTER = 2000; // milliseconds of trouble before it is shown
const GOOD_FOR = 3000;
const line = document.getElementById("connection");
const LONG = 12000;
let timer;
let hideTimer; // hides a temporary refusal
let troubled = false;

const again = document.createElement("button");
again.className = "button button--small";
again.type = "button";
again.textContent = gettext("Try now");

function say(text, good = false) {
  if (session.ended) return; // the reason for the end stays
  line.textContent = text;
  line.hidden = !text;
  line.toggleAttribute("data-good", good);
}

function trouble() {
  const waiting = outbox.waiting();
  say(
    waiting
      ? fill(ngettext("No connection. Keep writing; %(count)s message is waiting.",
          "No connection. Keep writing; %(count)s messages are waiting.", waiting), { count: waiting })
      : gettext("No connection. Keep writing; we'll send it when you're back online."),
  );
  line.append(" ", again);
}

function lost() {
  if (!troubled) timer ??= setTimeout(showTrouble, SHOW_AFTER);
}

function showTrouble() {
  clearTimeout(timer);
  timer = null;
  troubled = true;
  trouble();
}

function back() {
  clearTimeout(timer);
  timer = null;
  if (!troubled) return;
  troubled = false;
  say(gettext("You're back online."), true);
  setTimeout(() => troubled || say(""), GOOD_FOR);
}

again.addEventListener("click", () => {
  session.connection.retryNow();
  if (!session.live) session.pollSoon(0);
  line.textContent = gettext("Connecting…");
  setTimeout(() => troubled && trouble(), SHOW_AFTER);
});
window.addEventListener("offline", showTrouble);
window.addEventListener("online", () => session.live && back());
session.on("lost", lost);
session.on("live", back);
session.on("reach", ({ reached }) => (reached ? back() : lost()));
outbox.addEventListener("changed", () => troubled && trouble());
outbox.addEventListener("held", ({ detail }) => {
  say(detail.detail);
  clearTimeout(hideTimer);
  hideTimer = setTimeout(() => troubled || say(""), Math.max(detail.pause, GOOD_FOR));
});
outbox.addEventListener("sent", () => {
  if (!hideTimer) return;
  clearTimeout(hideTimer);
  hideTimer = null;
  if (!troubled) say("");
});
outbox.addEventListener("unkept", () => {
  say(gettext("Your browser is out of storage. Keep this page open until your messages are sent."));
  setTimeout(() => troubled || say(""), LONG);
});
session.on("ended", ({ code }) => explain(line, code));
session.on("resumed", () => say(""));
