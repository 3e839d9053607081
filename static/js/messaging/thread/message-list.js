// The rendered messages: history from the server, and new ones from the same markup.
import { isOld } from "trato/outbox";
import { session } from "trato/session";
import { drawFiles, drawPendingFiles } from "trato/file-list";
import { drawRemarks, linkify } from "trato/links";
import { drawQuestion } from "trato/confirmations";
import { drawQuote, quoteOf, quoteOfItem } from "trato/quotes";
import { drawReactions } from "trato/reactions";
import { dayOf, write, writeAll } from "trato/local-time";
import { ScamWarnings } from "trato/scam-warnings";
import { fill, gettext } from "trato/text";
import { heldFor } from "trato/undo-send";
import { askAbout } from "trato/unsent";

const GROUP_WITHIN = 5 * 60000; // milliseconds between messages of one run, as in messaging/timeline.py

const LINES = ".messages__day, .messages__new, .messages__gap";

/** Return the first of the lines directly above a message, or the message. */
function topOf(item) {
  let top = item;
  while (top.previousElementSibling?.matches(LINES)) top = top.previousElementSibling;
  return top;
}

export class MessageList {
  constructor(list, template, { side, messages, shop, dismissed }) {
    Object.assign(this, { list, template, side, messages, shop });
    this.warnings = new ScamWarnings(side, dismissed);
    // The line above the first new message, which comes back with it.
    this.news = list.querySelector(".messages__new");
    this.firstNew = this.news?.nextElementSibling?.dataset.sequence;
  }

  items() {
    return [...this.list.querySelectorAll(".message:not([data-pending])")];
  }

  pending() {
    return [...this.list.querySelectorAll("[data-pending]")];
  }

  /** Remove messages, by their sequence. */
  drop(isGone) {
    for (const item of this.items()) {
      const { sequence } = item.dataset;
      if (!isGone(Number(sequence))) continue;
      if (sequence === this.firstNew) this.news.remove();
      item.remove();
    }
  }

  item(sequence) {
    const item = document.getElementById(`message-${sequence}`);
    return this.list.contains(item) ? item : null;
  }

  /** Draw a message. `original`: the latest version of the message that it quotes, if known. */
  draw(message, original) {
    const quote = message.quote && original?.revision > message.revision ? quoteOf(original) : message.quote;
    const item = this.fill({ ...message, quote });
    const old = this.item(message.sequence);
    if (!old) return this.insert(item, message.sequence);
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    if (this.isSame(old, item)) {
      // Only reactions have changed. Don't replace the rest: a screen reader would read it out again.
      const place = old.querySelector(".message__reactions");
      const now = item.querySelector(".message__reactions");
      if (place) place.replaceWith(now);
      else old.querySelector(".message__meta").before(now);
    } else old.replaceWith(item);
    if (focused && !focused.isConnected) this.refocus(message.sequence, focused.dataset.reaction);
  }

  isSame(old, item) {
    const words = (one, part) => one.querySelector(`.message__${part}:not([hidden])`)?.textContent.trim() ?? "";
    const targets = (one) => [...one.querySelectorAll(".message__body a")].map(({ href }) => href).join(" ");
    return ["data-removed", "data-sender"].every((name) => old.getAttribute(name) === item.getAttribute(name))
      && targets(old) === targets(item) // long links are shortened, so their text may be the same
      && ["body", "edited", "quoted", "links"].every((part) => words(old, part) === words(item, part))
      && old.querySelectorAll(".files__item").length === item.querySelectorAll(".files__item").length;
  }

  refocus(sequence, reaction) {
    const item = this.item(sequence);
    const same = item.querySelector(`[data-reaction="${reaction}"]`);
    const place = same ?? item.querySelector(".message__menu summary") ?? item;
    if (place === item) item.tabIndex = -1; // hidden messages have no menu
    place.focus({ preventScroll: true });
  }

  /** Update the quotes of a message that has changed. */
  requote(original) {
    for (const link of this.list.querySelectorAll(`.message__quote[data-quote="${original.sequence}"]`)) {
      this.drawQuote(link, quoteOf(original));
    }
  }

  drawQuote(link, quote) {
    const address = this.messages.replace(/messages\/$/, "");
    drawQuote(link, quote, quote ? this.nameOf(quote) : "", address);
  }

  /** Show the outbox below all sent messages, without rendering again what is already shown. */
  drawPending(entries) {
    const known = new Map(this.pending().map((item) => [item.dataset.clientId, item]));
    for (const entry of entries) {
      const item = known.get(entry.client_id) ?? this.fill({
        ...entry, side: this.side, sender: { id: session.user, name: "" }, quote: this.quoteIn(entry),
      });
      known.delete(entry.client_id);
      drawPendingFiles(item.querySelector(".files"), entry);
      item.toggleAttribute("data-pending", true);
      item.toggleAttribute("data-failed", Boolean(entry.failed) || isOld(entry));
      const failed = item.querySelector(".message__failed");
      const old = !entry.failed && isOld(entry);
      failed.hidden = !entry.failed && !old;
      failed.querySelector("[data-why]").textContent = old ? askAbout(entry) : entry.failed ?? "";
      failed.querySelector("[data-retry]").textContent =
        old ? gettext("Send now") : gettext("Try again");
      drawQuestion(item, entry);
      const back = item.querySelector("[data-take-back]");
      back.hidden = !failed.hidden || Boolean(entry.isUnderWay);
      item.toggleAttribute("data-held", heldFor(entry) > 0);
      back.textContent = item.hasAttribute("data-held") ? gettext("Undo") : gettext("Cancel");
      if (!item.isConnected) this.list.append(item);
    }
    known.forEach((item) => item.remove());
  }

  /** Return what a waiting message quotes, with the text on the page. */
  quoteIn({ about }) {
    if (!about) return null;
    const { sequence, name } = about;
    const original = this.item(sequence);
    const sender = { id: 0, name };
    return original ? quoteOfItem(original, sender) : { sequence, sender, side: "", excerpt: "…" };
  }

  fill(message) {
    const item = this.template.content.firstElementChild.cloneNode(true);
    const sequence = message.sequence ?? "";
    Object.assign(item.dataset, {
      side: message.side, sequence, sender: message.sender.id, clientId: message.client_id,
    });
    item.id = `message-${sequence || message.client_id}`;
    const isHidden = Boolean(message.removed || message.withdrawn);
    item.toggleAttribute("data-removed", isHidden);
    item.toggleAttribute("data-own", message.sender.id === session.user);
    const name = this.nameOf(message);
    item.querySelector(".message__sender").textContent = name;
    const body = item.querySelector(".message__body");
    body.replaceChildren(linkify(message.body, message.links, `${this.messages}${sequence}/`));
    drawRemarks(item.querySelector(".message__links"), body, message.links, sequence);
    this.warnings.draw(item.querySelector(".scam-warning"), message);
    this.drawQuote(item.querySelector(".message__quote"), message.quote);
    drawReactions(item.querySelector(".message__reactions"), isHidden ? [] : message.reactions);
    if (sequence) drawFiles(item.querySelector(".files"), message);
    const removed = item.querySelector(".message__removed");
    removed.hidden = !isHidden;
    if (isHidden && !message.removed) removed.textContent = gettext("This message was withdrawn.");
    else if (isHidden && !message.sender.name) {
      removed.textContent = gettext("This message was deleted together with the account.");
    }
    item.querySelector(".message__edited").hidden = !message.edited;
    item.querySelector(".message__automatic").hidden = !message.automatic;
    item.querySelector("[data-take-back]").hidden = true;
    const menu = item.querySelector(".message__menu");
    if (!sequence || isHidden) menu.remove();
    else {
      menu.querySelector("summary").ariaLabel =
        fill(gettext("Options for the message from %(name)s"), { name });
    }
    const time = item.querySelector("time");
    time.dateTime = message.created_at;
    write(time);
    return item;
  }

  /** Return a sender's name. A deleted account has none; what it wrote for a shop is the shop's. */
  nameOf({ side, sender }) {
    if (sender.name || sender.id === session.user) return sender.name;
    return side === "seller" ? this.shop : gettext("Deleted account");
  }

  /** Use the senders' names from a page that was just fetched: somebody may have deleted their account. */
  rename(page) {
    const nameIn = (item) => item.querySelector(".message__sender").textContent.trim();
    const keyOf = ({ dataset: { side, sender } }) => `${side} ${sender}`;
    const fetched = [...page.querySelectorAll(".messages .message")];
    const names = new Map(fetched.map((item) => [keyOf(item), nameIn(item)]));
    const renamed = new Map();
    for (const item of this.items()) {
      const name = names.get(keyOf(item));
      if (!name || name === nameIn(item)) continue;
      renamed.set(item.dataset.sequence, name);
      item.querySelector(".message__sender").textContent = name;
      const menu = item.querySelector(".message__menu summary");
      if (menu) menu.ariaLabel = fill(gettext("Options for the message from %(name)s"), { name });
    }
    for (const link of this.list.querySelectorAll(".message__quote[data-quote]")) {
      const name = renamed.get(link.dataset.quote);
      if (name) link.querySelector(".message__quoted-name").textContent = name;
    }
  }

  insert(item, sequence) {
    const isAfter = (other) => Number(other.dataset.sequence) > sequence;
    const all = this.list.getElementsByClassName("message"); // a live list, so the last message is quick to find
    const last = all[all.length - 1]?.dataset.sequence;
    // A message that waits to be sent has "", which would also become the number 0.
    const isLast = !all.length || (last !== "" && Number(last) === sequence - 1);
    if (isLast) return this.place(item, sequence, null);
    const next = this.item(sequence + 1) ?? this.items().find(isAfter);
    const before = next ? topOf(next) : this.pending()[0];
    this.place(item, sequence, before ?? null);
  }

  place(item, sequence, before) {
    this.list.insertBefore(item, before);
    if (String(sequence) === this.firstNew) item.before(this.news);
  }

  /**
   * Update days, runs and the state of the reader's own messages. Lines that are already correct
   * are not changed, because a screen reader would read them out again. `isLive`: whether the last
   * sent message is the newest.
   */
  arrange(readByOther, isLive = true) {
    const stale = new Set(this.list.querySelectorAll(".messages__day, .messages__gap"));
    let previous = null;
    let last = null; // the last message's sequence; null: no gap line before the next one
    for (const item of this.list.querySelectorAll(".message, .note, .assignment, .from-staff")) {
      const date = new Date(item.querySelector("time").dateTime);
      const day = dayOf(date);
      const isNewDay = previous?.day !== day;
      if (isNewDay) stale.delete(this.dayBefore(item, date));
      const isWaiting = item.matches("[data-pending], [data-waiting]");
      const sequence = Number(item.dataset.sequence);
      const isGap = last !== null && (isWaiting ? !isLive : sequence > last + 1);
      if (isGap) stale.delete(this.gapBefore(item));
      if (isWaiting) last = null;
      else if (sequence) last = sequence;
      if (!item.matches(".message")) { // a row of the team or of staff ends a run
        previous?.item.removeAttribute("data-continued");
        previous = { date, day, item };
        continue;
      }
      const continues = !isNewDay && !isGap && previous.item.dataset.sender === item.dataset.sender
        && date - previous.date < GROUP_WITHIN
        && !item.previousElementSibling.matches(".messages__new");
      item.toggleAttribute("data-grouped", continues);
      // A message that has not been sent keeps its own line, which says so.
      previous?.item.toggleAttribute(
        "data-continued", continues && !previous.item.hasAttribute("data-pending"),
      );
      previous = { date, day, item };
      if (item.dataset.side === this.side) this.showState(item, readByOther);
    }
    previous?.item.removeAttribute("data-continued");
    stale.forEach((line) => line.remove());
  }

  /** Return the line with the day, above its first message and above the line for new messages. */
  dayBefore(item, date) {
    const there = topOf(item);
    if (there.matches(".messages__day") && there.dataset.day === dayOf(date)) return there;
    const line = document.createElement("li");
    line.className = "messages__day";
    line.dataset.day = dayOf(date);
    const time = document.createElement("time");
    time.dateTime = date.toISOString();
    time.dataset.local = "day";
    line.append(time);
    writeAll(line);
    there.before(line);
    return line;
  }

  /** Return the line directly above an item that says that messages are missing there. */
  gapBefore(item) {
    const there = item.previousElementSibling;
    if (there?.matches(".messages__gap")) return there;
    const line = document.createElement("li");
    line.className = "messages__gap";
    line.textContent = gettext("There are more messages here.");
    item.before(line);
    return line;
  }

  showState(item, readByOther) {
    let text = Number(item.dataset.sequence) <= readByOther ? gettext("Read") : gettext("Sent");
    if (item.hasAttribute("data-pending")) {
      text = item.hasAttribute("data-failed") ? gettext("Not sent") : gettext("Sending…");
    }
    const state = item.querySelector("[data-state]");
    if (state.textContent !== text) state.textContent = text;
  }
}
