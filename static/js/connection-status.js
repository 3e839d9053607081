// What is going on with the line, in words; only when trouble lasts.
import { session } from "trato/session";
import { outbox } from "trato/outbox";
import { fill, gettext, ngettext } from "trato/text";

const CALM = 2000; // milliseconds of trouble before it is told
const GOOD_FOR = 3000;
const line = document.getElementById("connection");
let timer;
let troubled = false;

function say(text, good = false) {
  line.textContent = text;
  line.hidden = !text;
  line.toggleAttribute("data-good", good);
}

function trouble() {
  const waiting = outbox.waiting();
  say(
    waiting
      ? fill(ngettext("No connection. You can go on writing; %(count)s message waits.",
          "No connection. You can go on writing; %(count)s messages wait.", waiting), { count: waiting })
      : gettext("No connection. You can go on writing; it will be sent when the line is back."),
  );
}

function lost() {
  if (troubled || timer) return;
  timer = setTimeout(() => {
    timer = null;
    troubled = true;
    trouble();
  }, CALM);
}

function back() {
  clearTimeout(timer);
  timer = null;
  if (!troubled) return;
  troubled = false;
  say(gettext("Connected again."), true);
  setTimeout(() => troubled || say(""), GOOD_FOR);
}

session.on("lost", lost);
session.on("live", back);
session.on("reach", ({ reached }) => (reached ? back() : lost()));
outbox.addEventListener("changed", () => troubled && trouble());
outbox.addEventListener("held", ({ detail }) => {
  say(detail.detail);
  setTimeout(() => troubled || say(""), detail.retry_after * 1000);
});
session.on("ended", ({ code }) => {
  const link = document.createElement("a");
  link.href = `/accounts/login/?next=${encodeURIComponent(location.pathname)}`;
  link.textContent = gettext("Log in");
  say(code === 4403 ? gettext("Your account is suspended.") : gettext("You were logged out."));
  if (code !== 4403) line.append(" ", link);
});
