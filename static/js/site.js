// Every page starts here. Each part is loaded separately, so that if one fails, only the parts that
// need it fail as well; the page then says that it is incomplete. Forms post without any scripts.
const START_WITHIN = 3000; // milliseconds that the socket waits for parts that load slowly
const SAY_AFTER = 10000; // milliseconds until a part that is still loading counts as missing

const missing = new Set();

function tell(name, isMissing) {
  missing[isMissing ? "add" : "delete"](name);
  document.getElementById("incomplete").hidden = missing.size === 0;
}

async function load(name) {
  const late = setTimeout(tell, SAY_AFTER, name, true);
  try {
    const part = await import(`trato/${name}`);
    tell(name, false);
    return part;
  } catch (error) {
    console.error(error);
    tell(name, true);
    return null;
  } finally {
    clearTimeout(late);
  }
}

/** Return our elements on this page: thread.js defines <trato-thread>, and so on. */
function elements() {
  const names = [...document.querySelectorAll(":not(:defined)")].map(({ localName }) => localName);
  const ours = names.filter((name) => name.startsWith("trato-"));
  return [...new Set(ours)].map((name) => name.slice("trato-".length));
}

document.documentElement.toggleAttribute("data-started", true);
const hasPerson = document.querySelector("[data-user]") !== null;

// Scroll to the current tab, because a row of tabs may be wider than a phone.
for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
  tab.scrollIntoView({ block: "nearest", inline: "center" });
}

load("menu");
load("notices");
load("submit-once");
load("local-time").then((times) => {
  times?.rememberZone();
  times?.writeAll();
});
const parts = elements();
if (hasPerson) parts.push("badge", "toast", "connection-status", "unsent", "active");
const loaded = Promise.all(parts.map(load));

const { session } = (await load("session")) ?? {}; // for visitors too: it tells the other tabs
if (session?.user) {
  const late = new Promise((resume) => setTimeout(resume, START_WITHIN, "late"));
  const isLate = (await Promise.race([loaded, late])) === "late";
  session.start();
  if (isLate) loaded.then(() => session.repeat());
}
