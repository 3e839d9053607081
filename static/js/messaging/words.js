// A message's text on a page without its conversation, such as a search result or a report. Once the message
// is edited, withdrawn or removed, an open page shows what a reload would show.
import { request } from "trato/api";
import { session } from "trato/session";
import { gettext } from "trato/text";
import { writeAll } from "trato/local-time";

const WITHOUT_SOCKET = 5000; // milliseconds, at least, between two requests if no event comes

let asking = null;
let isWanted = false;
let askedAt = performance.now();

class Words extends HTMLElement {
  connectedCallback() {
    this.listeners = new AbortController();
    const { signal } = this.listeners;
    session.on("message.changed", ({ conversation, sequence }) => {
      if (conversation === Number(this.dataset.conversation) && sequence === Number(this.dataset.sequence)) refresh();
    }, signal);
    session.on("live", () => refresh(), signal); // events may have been missed
    session.on("poll", () => performance.now() - askedAt > WITHOUT_SOCKET && refresh(), signal);
    window.addEventListener("pageshow", ({ persisted }) => persisted && refresh(), { signal });
  }

  disconnectedCallback() {
    this.listeners.abort();
  }
}

/** Make one request for all texts on the page. A change meanwhile causes one more afterwards. */
async function refresh() {
  isWanted = true;
  if (asking) return;
  asking = true;
  while (isWanted) {
    isWanted = false;
    askedAt = performance.now();
    await exchange();
  }
  asking = null;
}

async function exchange() {
  const answer = await request(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
  const isGone = answer?.status === 404; // there is nothing left to report
  if (!answer?.ok && !isGone) return;
  const page = new DOMParser().parseFromString(isGone ? "" : await answer.text(), "text/html");
  if (!isGone && page.body.dataset.user !== String(session.user)) return;
  for (const old of document.querySelectorAll("trato-words")) {
    const { conversation, sequence } = old.dataset;
    const now = page.querySelector(`trato-words[data-conversation="${conversation}"][data-sequence="${sequence}"]`);
    if (now) writeAll(now);
    if (now?.innerHTML === old.innerHTML) continue;
    old.replaceChildren(...now?.childNodes ?? [gettext("This message isn't there any more.")]);
  }
}

customElements.define("trato-words", Words);
