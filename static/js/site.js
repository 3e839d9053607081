// Every page starts here. Each part is loaded on its own, so that one that fails takes down nothing
// but what cannot be without it; the page then says that it is not whole. Forms post without any.
const START_WITHIN = 3000; // milliseconds that the socket waits for parts which are slow to come

async function load(name) {
  try {
    return await import(`trato/${name}`);
  } catch (error) {
    console.error(error);
    document.getElementById("incomplete").hidden = false;
    return null;
  }
}

/** Our elements on this page: <trato-thread> is defined by thread.js, and so on. */
function elements() {
  const names = [...document.querySelectorAll(":not(:defined)")].map(({ localName }) => localName);
  const ours = names.filter((name) => name.startsWith("trato-"));
  return [...new Set(ours)].map((name) => name.slice("trato-".length));
}

document.documentElement.toggleAttribute("data-started", true);
const hasPerson = document.querySelector("[data-user]") !== null;

load("menu");
load("local-time").then((times) => {
  times?.rememberZone();
  times?.writeAll();
});
const parts = elements();
if (hasPerson) parts.push("badge", "toast", "connection-status", "unsent");
const loaded = Promise.all(parts.map(load));

const { session } = (await load("session")) ?? {}; // also of a visitor: it tells the other tabs
if (session?.user) {
  const late = new Promise((resume) => setTimeout(resume, START_WITHIN, "late"));
  const isLate = (await Promise.race([loaded, late])) === "late";
  session.start();
  if (isLate) loaded.then(() => session.repeat());
}
