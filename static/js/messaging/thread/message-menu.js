// A message's menu: everything that a person can do with it. It is filled when it opens, because a page has
// many messages. Without scripts, it links to the message's own page.
import { session } from "trato/session";
import { post } from "trato/api";
import { passFocus } from "trato/keep-focus";
import { ownReaction } from "trato/reactions";
import { gettext } from "trato/text";
import { offerUndo } from "trato/undo";

const MINUTE = 60000; // milliseconds
const HOUR = 60 * MINUTE;
const GAP = 8; // pixels to the edge of the window

export class MessageMenus {
  /** `thread`: shows messages that have changed; `signal` ends it. */
  constructor(thread, template, signal) {
    Object.assign(this, { thread, template });
    const { now, editMinutes, withdrawHours, reactions, names } = template.dataset;
    this.ahead = Date.now() - Date.parse(now); // milliseconds by which this device's clock is ahead of the server's
    this.editable = editMinutes * MINUTE;
    this.withdrawable = withdrawHours * HOUR;
    this.reactions = reactions.split(" ").map((reaction, place) => [reaction, names.split("|")[place]]);
    thread.addEventListener("toggle", ({ target }) => this.toggled(target), { capture: true, signal });
    thread.addEventListener("click", (event) => this.clicked(event), { signal });
    thread.addEventListener("keydown", (event) => this.pressed(event), { signal });
    this.scroller = thread.querySelector(".thread__scroll");
    const follow = () => this.open && this.follow(this.open);
    this.scroller.addEventListener("scroll", follow, { passive: true, signal });
    window.addEventListener("resize", follow, { signal });
  }

  // -- opening -------------------------------------------------------------------------------

  toggled(menu) {
    if (!menu.matches(".message__menu")) return;
    const panel = menu.querySelector(".menu__panel");
    if (!menu.open) {
      if (this.open === menu) this.open = null;
      panel.replaceChildren(); // otherwise it would show the old contents when it opens again
      return;
    }
    if (this.open !== menu) this.open?.removeAttribute("open");
    this.open = menu;
    const focused = panel.contains(document.activeElement); // after a long press
    this.fill(menu.closest(".message"), panel);
    this.place(menu, panel);
    if (focused) panel.querySelector("button").focus({ preventScroll: true });
  }

  fill(item, panel) {
    const { sequence, side } = item.dataset;
    const content = this.template.content.cloneNode(true);
    const address = `${this.thread.dataset.messages}${sequence}/`;
    const mine = ownReaction(item);
    content.querySelector("[data-for=react]").append(...this.reactions.map(([reaction, name]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.react = reaction;
      button.ariaPressed = String(reaction === mine);
      button.ariaLabel = name;
      button.title = name;
      button.textContent = reaction;
      return button;
    }));
    content.querySelector("[name=sequence]").value = sequence;
    content.querySelector(".message__report").href = `${address}report/`;
    content.querySelector(".message__versions").href = `${address}#versions`;
    const isOwnSide = side === this.thread.dataset.side;
    const isEdited = item.querySelector(".message__edited:not([hidden])");
    const { canWrite } = this.thread;
    const parts = {
      "[data-for=react]": canWrite,
      "[data-do=quote]": canWrite,
      "[data-do=copy]": item.querySelector(".message__body").textContent,
      "[data-do=edit]": canWrite && this.isOwn(item, this.editable),
      "[data-do=withdraw]": this.isOwn(item, this.withdrawable),
      ".message__versions": isOwnSide && isEdited,
      "[name=sequence]": !isOwnSide,
      ".message__report": !isOwnSide,
    };
    for (const [selector, may] of Object.entries(parts)) {
      if (!may) content.querySelector(selector).remove();
    }
    panel.replaceChildren(content);
  }

  /** Place the menu beside its button, within the window. In a narrow window, CSS puts it at the end. */
  place(menu, panel) {
    panel.toggleAttribute("data-placed", true);
    const at = menu.querySelector("summary").getBoundingClientRect();
    const { offsetWidth, offsetHeight } = panel;
    const below = innerHeight - at.bottom - GAP;
    const top = below >= offsetHeight || below >= at.top ? at.bottom : at.top - offsetHeight;
    const start = at.left + offsetWidth + GAP > innerWidth ? at.right - offsetWidth : at.left;
    panel.style.top = `${Math.max(GAP, Math.min(top, innerHeight - offsetHeight - GAP))}px`;
    panel.style.left = `${Math.max(GAP, start)}px`;
  }

  /** Keep the menu beside its button when messages move; close it if the button is out of view. */
  follow(menu) {
    const at = menu.querySelector("summary").getBoundingClientRect();
    const view = this.scroller.getBoundingClientRect();
    const isInView = at.bottom > view.top && at.top < view.bottom;
    if (isInView) this.place(menu, menu.querySelector(".menu__panel"));
    else passFocus(() => (menu.open = false), this.thread.history.log);
  }

  isOwn(item, within) {
    const isOwn = Number(item.dataset.sender) === session.user && item.dataset.sequence;
    return isOwn && Date.now() - this.ahead - Date.parse(item.querySelector("time").dateTime) <= within;
  }

  // -- acting --------------------------------------------------------------------------------

  clicked(event) {
    const button = event.target.closest("button");
    const item = button?.closest(".message");
    if (!item?.dataset.sequence) return;
    if (button.dataset.react) return this.choose(button, item);
    if (button.matches(".message__reaction")) {
      event.preventDefault(); // without scripts, it posts a form
      return this.react(item, button.dataset.reaction);
    }
    if (button.dataset.do) this[button.dataset.do](item, button);
  }

  /** Let arrow keys move within the open menu, and into it from its button. */
  pressed(event) {
    const panel = event.target.closest?.(".message__menu[open]")?.querySelector(".menu__panel");
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (!panel || !step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const all = [...panel.querySelectorAll("a, button")];
    const place = all.indexOf(document.activeElement); // -1: the button
    const next = place < 0 && step < 0 ? all.length - 1 : place + step;
    all[(next + all.length) % all.length]?.focus();
  }

  close(item, { focus = true } = {}) {
    const menu = item.querySelector(".message__menu");
    if (!menu) return;
    menu.open = false;
    if (focus) menu.querySelector("summary").focus({ preventScroll: true });
  }

  choose(button, item) {
    this.close(item);
    this.react(item, button.dataset.react);
  }

  react(item, reaction) {
    this.act(item, { act: "react", reaction: reaction === ownReaction(item) ? "" : reaction });
  }

  quote(item) {
    this.close(item, { focus: false });
    this.thread.composer.quote(this.thread.quotable(item));
  }

  edit(item) {
    this.close(item, { focus: false });
    this.thread.composer.edit(Number(item.dataset.sequence));
  }

  /** Withdraw a message. That can't be undone, so the button asks first. */
  withdraw(item, button) {
    if (!button.hasAttribute("data-sure")) {
      button.toggleAttribute("data-sure", true);
      button.querySelector("span").textContent = gettext("Withdraw for everybody?");
      return;
    }
    this.close(item);
    this.act(item, { act: "withdraw" });
  }

  copy(item) {
    const body = item.querySelector(".message__body").cloneNode(true);
    for (const link of body.querySelectorAll("a")) link.replaceWith(link.getAttribute("href")); // its text is cut
    this.write(item, body.textContent);
  }

  link(item) {
    const { pathname, origin } = new URL("../", new URL(this.thread.dataset.messages, location.href));
    this.write(item, `${origin}${pathname}?message=${item.dataset.sequence}`);
  }

  async write(item, text) {
    this.close(item);
    try {
      await navigator.clipboard.writeText(text);
      offerUndo({ text: gettext("Copied") });
    } catch {
      offerUndo({ text: gettext("Your browser doesn't allow copying here.") });
    }
  }

  async act(item, values) {
    const { refusal } = await this.thread.change(Number(item.dataset.sequence), values);
    if (refusal) offerUndo({ text: refusal });
  }
}

/** Change a message over HTTP, even without a socket; returns the `message`, or a `refusal` in words. */
export async function change(address, values) {
  const answer = await post(address, values);
  if (answer?.ok) return { message: answer.body };
  const text = gettext("That isn't possible right now. Try again in a moment.");
  return { refusal: answer?.body?.detail ?? text };
}
