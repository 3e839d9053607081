// A small toast with a notice, or with the sender and first words of a message that arrives while its
// conversation isn't visible.
import { getJSON } from "trato/api";
import { wordsOf } from "trato/attached";
import { isMuted } from "trato/alerts";
import { addresses } from "trato/page";
import { session } from "trato/session";

const WORDS = 90; // characters
const place = document.getElementById("toasts");
const template = document.getElementById("toast-template");
// Only compare times from the database, because this browser's clock may be wrong.
const SAME_WITHIN = 1000; // milliseconds between a message and its notification
const shown = new Map(); // conversation → the time up to which everything was shown
const rendered = document.querySelector("[data-notified-until]")?.dataset ?? {};
const notifiedUntil = Date.parse(rendered.notifiedUntil) || 0; // 0: nothing was unread
let notices = Number(rendered.notices) || 0; // unread ones that this page has shown

function isUnseen(conversation) {
  const here = document.querySelector("trato-thread")?.dataset.conversation;
  return String(conversation) !== here && document.visibilityState !== "hidden";
}

export function show({ conversation, title, excerpt, url, announcement = "" }) {
  if (!isUnseen(conversation)) return;
  const toast = template.content.firstElementChild.cloneNode(true);
  toast.toggleAttribute("data-notice", conversation === null);
  toast.dataset.conversation = conversation ?? "";
  toast.dataset.announcement = announcement;
  toast.querySelector(".toast__link").href = url;
  toast.querySelector(".toast__title").textContent = title;
  toast.querySelector(".toast__excerpt").textContent = excerpt;
  toast.querySelector(".toast__close").addEventListener("click", () => toast.remove());
  const shownFor = Number(place.dataset.seconds) * 1000; // milliseconds
  let timer;
  const leave = () => (timer = setTimeout(() => toast.remove(), shownFor));
  for (const kind of ["pointerenter", "focusin"]) toast.addEventListener(kind, () => clearTimeout(timer));
  for (const kind of ["pointerleave", "focusout"]) toast.addEventListener(kind, leave);
  place.replaceChildren(toast);
  leave();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") place.replaceChildren();
});

// Remove a toast that may show text that the message no longer has.
session.on("message.changed", ({ conversation, edited, removed, withdrawn }) => {
  const toast = place.querySelector(`[data-conversation="${conversation}"]`);
  if (edited || removed || withdrawn) toast?.remove();
});

session.on("message.created", async (message) => {
  if (message.sender.id === session.user) return;
  session.pollOften();
  // Only the other side's messages are news: a colleague's answer isn't.
  const mine = message.consumer === session.user ? "consumer" : "seller";
  if (message.side === mine) return;
  shown.set(message.conversation, Date.parse(message.created_at) + SAME_WITHIN);
  if (!isUnseen(message.conversation) || (await isMuted(message.conversation))) return;
  const text = [...wordsOf(message).replace(/\s+/g, " ")];
  show({
    conversation: message.conversation,
    title: message.sender.name,
    excerpt: text.length > WORDS ? `${text.slice(0, WORDS).join("")}…` : text.join(""),
    url: addresses.conversation(message.conversation),
  });
});

// Ask for a notice's text: no frame has it, because it depends on the reader's language.
session.on("badge", async (badge) => {
  const more = badge.notices > notices;
  notices = badge.notices ?? 0;
  if (!more || document.visibilityState === "hidden" || document.querySelector("trato-news")) return;
  const answer = await getJSON(`${addresses.unread}?notices=1`);
  if (answer?.latest) tell(answer.latest);
});

// An announcement goes to many people at the same time, so its frame has the text in each language, and their
// pages needn't all ask for it.
session.on("announcement.sent", ({ announcement, url, sent_at, texts }) => {
  notices += 1; // the badge will say so too
  const { sender, title } = texts[document.documentElement.lang] ?? Object.values(texts)[0];
  const at = Date.parse(sent_at);
  if (document.querySelector("trato-news") || at <= (shown.get(null) ?? notifiedUntil)) return;
  shown.set(null, at);
  show({ conversation: null, title: sender, excerpt: title, url, announcement });
});

session.on("announcement.withdrawn", ({ announcement }) => {
  place.querySelector(`[data-announcement="${announcement}"]`)?.remove();
});

session.on("latest", tell);

function tell({ conversation, title, excerpt, url, happened_at }) {
  const at = Date.parse(happened_at);
  if (at <= (shown.get(conversation) ?? notifiedUntil)) return;
  shown.set(conversation, at);
  show({ conversation, title, excerpt, url });
}
