// The same actions over HTTP, for a page without a socket. Each request says for whom the page was rendered,
// and the server refuses it in another person's session.
import { NO_SESSION, PAGE_OF_ANOTHER } from "trato/close-codes";
import { userId } from "trato/page";

const PATIENCE = 60000; // milliseconds: a connection may be dead without an error
const ENDED = new Map([[401, NO_SESSION], [412, PAGE_OF_ANOTHER]]); // by status
let tellEnded = () => {};

/**
 * Call a function with a close code if a response says that nobody or somebody else is logged in.
 */
export function onEnded(tell) {
  tellEnded = tell;
}

/** Tell the page if a response's status says that nobody or somebody else is logged in. */
export function noteStatus(status) {
  if (ENDED.has(status)) tellEnded(ENDED.get(status));
}

function token() {
  // The cookie is current; the token in a form is as old as its page.
  const field = document.querySelector("input[name=csrfmiddlewaretoken]");
  return document.cookie.match(/csrftoken=([^;]+)/)?.[1] ?? field?.value ?? "";
}

/** Return a signal that also aborts if the request takes too long. */
function patient(signal) {
  const patience = new AbortController();
  const give = () => patience.abort();
  setTimeout(give, PATIENCE); // also while the response is being read
  signal?.addEventListener("abort", give, { once: true });
  if (signal?.aborted) give();
  return patience.signal;
}

/** `fetch` for the page's person; returns null if there was no response. */
export async function request(address, { headers, signal, ...options } = {}) {
  const named = userId ? { "Page-User": userId } : {};
  try {
    // A redirect leads to the login page.
    const answer = await fetch(address, {
      redirect: "manual", ...options, headers: { ...named, ...headers }, signal: patient(signal),
    });
    const code = answer.type === "opaqueredirect" ? NO_SESSION : ENDED.get(answer.status);
    if (code) tellEnded(code);
    return answer;
  } catch {
    return null;
  }
}

/** GET JSON; returns null if there was no usable response. */
export async function getJSON(address) {
  const answer = await request(address, { headers: { Accept: "application/json" } });
  return answer?.ok ? answer.json().catch(() => null) : null;
}

/** Return the headers of every request by the page's person that changes something. */
export function headers(accept = "application/json") {
  return { Accept: accept, "X-CSRFToken": token(), ...(userId ? { "Page-User": userId } : {}) };
}

/** POST a form; returns the response, or null if the server could not be reached. */
export function submit(address, values, accept, options = {}) {
  return request(address, {
    ...options,
    method: "POST",
    headers: headers(accept),
    body: new URLSearchParams(values),
  });
}

/**
 * POST a form for JSON. Returns `{ok, status, body}`, or null if the server could not be reached.
 * `options`: as for `fetch`.
 */
export async function post(address, values, options) {
  const answer = await submit(address, values, "application/json", options);
  if (!answer) return null;
  const isJSON = answer.headers.get("Content-Type")?.startsWith("application/json");
  const body = isJSON ? await answer.json().catch(() => null) : null;
  return { ok: answer.ok, status: answer.status, body };
}
