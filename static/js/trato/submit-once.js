// Ignores a second click while a form is being sent. Otherwise the browser would show the response to the
// second request, such as "not found" after a deletion, and staff would leave two records of one action.
const UNDER_WAY = 10000; // milliseconds; then people may want to try again, since a download leaves the page as it is

const sent = new Map(); // button or form → when it was sent

window.addEventListener("submit", (event) => {
  // Forms that scripts send handle this themselves.
  if (event.defaultPrevented || event.target.method !== "post") return;
  const by = event.submitter ?? event.target;
  if (Date.now() < (sent.get(by) ?? 0) + UNDER_WAY) event.preventDefault();
  else sent.set(by, Date.now());
});
// Different text is not a second click: people stop a slow request, change the text and send again.
window.addEventListener("input", ({ target }) => {
  for (const by of sent.keys()) if ((by.form ?? by) === target.form) sent.delete(by);
});
window.addEventListener("pageshow", () => sent.clear()); // the browser may restore the page as it was
