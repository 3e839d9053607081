// A small note with sender and first words, when a message arrives while one is elsewhere.
import { session } from "trato/session";

const SHOWN_FOR = 6000; // milliseconds
const WORDS = 90; // characters
const place = document.getElementById("toasts");
const template = document.getElementById("toast-template");
const shown = new Map(); // conversation → the latest time told
const started = new Date().toISOString();

export function show({ conversation, title, excerpt, url }) {
  const here = document.querySelector("trato-thread")?.dataset.conversation;
  if (String(conversation) === here || document.visibilityState === "hidden") return;
  const toast = template.content.firstElementChild.cloneNode(true);
  toast.querySelector(".toast__link").href = url;
  toast.querySelector(".toast__title").textContent = title;
  toast.querySelector(".toast__excerpt").textContent = excerpt;
  toast.querySelector(".toast__close").addEventListener("click", () => toast.remove());
  let timer;
  const leave = () => (timer = setTimeout(() => toast.remove(), SHOWN_FOR));
  for (const kind of ["pointerenter", "focusin"]) toast.addEventListener(kind, () => clearTimeout(timer));
  for (const kind of ["pointerleave", "focusout"]) toast.addEventListener(kind, leave);
  place.replaceChildren(toast);
  leave();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") place.replaceChildren();
});

session.on("message.created", (message) => {
  if (message.sender.id === session.user) return;
  session.stir();
  // News comes from the other side alone: a colleague's answer is no news to the shop.
  const mine = message.consumer === session.user ? "consumer" : "seller";
  if (message.side === mine) return;
  shown.set(message.conversation, message.created_at);
  const text = [...message.body.replace(/\s+/g, " ")];
  show({
    conversation: message.conversation,
    title: message.sender.name,
    excerpt: text.length > WORDS ? `${text.slice(0, WORDS).join("")}…` : text.join(""),
    url: `/conversation/${message.conversation}/`,
  });
});

session.on("latest", ({ conversation, title, excerpt, url, happened_at }) => {
  if ((shown.get(conversation) ?? started) >= happened_at) return;
  shown.set(conversation, happened_at);
  show({ conversation, title, excerpt, url });
});
