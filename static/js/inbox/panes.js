// The list, a conversation and its context side by side. If there is room for all, moving between
// conversations changes only the middle. Otherwise, and without this script, each is a page.
//
// The address has the filter of the list: /conversation/<id>/?<filter>. The list's page is not in it,
// because a conversation has pages too; it is in the state of the browser's history.
import { entitle } from "trato/badge";
import { refresh } from "trato/fresh-page";
import { Keys } from "trato/keys";
import { writeAll } from "trato/local-time";
import { outbox } from "trato/outbox";
import { onNews } from "trato/news-of";
import { askFor, isConversation, listAt, UNREACHABLE, withFilter } from "trato/pages";
import { Selection } from "trato/selection";
import { session } from "trato/session";
import { fill, gettext } from "trato/text";

const FRESH = 15000; // milliseconds that a fetched conversation may wait to be opened; then it catches up

const REST = 60; // milliseconds
const SOON = 50; // milliseconds before fetching the next one may use the processor

const wide = matchMedia("(min-width: 47.5rem) and (scripting: enabled)");

class Panes extends HTMLElement {
  connectedCallback() {
    this.list = this.querySelector(".dashboard__list");
    this.middle = this.querySelector(".dashboard__conversation");
    this.nothing = this.querySelector(".dashboard__nothing")?.cloneNode(true);
    this.status = this.querySelector(".dashboard__status");
    this.listQuery = history.state?.list ?? listAt(location);
    this.addEventListener("click", (event) => this.clicked(event));
    this.addEventListener("pointerdown", (event) => this.aimed(event));
    this.addEventListener("focusin", (event) => this.rested(event));
    this.addEventListener("submit", (event) => this.submitted(event));
    this.addEventListener("keydown", (event) => this.pressed(event));
    this.addEventListener("drawn", () => {
      this.markCurrent();
      this.selection.draw();
    });
    window.addEventListener("popstate", () => this.wentTo());
    onNews((ids) => this.forgetPages(ids));
    session.on("live", () => this.hasStayed && this.wentTo());
    session.on("conversation.gone", () => this.showGone());
    wide.addEventListener("change", () => this.fillList());
    this.shown = this.pageOf(location.href);
    this.keys = new Keys(this);
    this.selection = new Selection(this, this.keys);
    this.arrange();
    this.fillList();
    if (wide.matches) requestIdleCallback?.(() => ["thread", "composer", "acts", "undo"].forEach(load));
  }

  get isWide() {
    return wide.matches;
  }

  get conversation() {
    return this.querySelector("trato-thread")?.dataset.conversation;
  }

  /** A page's URL without the part that only says where to scroll. */
  pageOf(address) {
    return address.split("#")[0];
  }

  // -- moving ----------------------------------------------------------------------------------

  clicked(event) {
    if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target.closest("a[href]");
    if (!link || link.target) return;
    if (link.matches(".thread__details, .context__close")) {
      event.preventDefault();
      this.showContext(link.matches(".thread__details"));
    } else if (wide.matches && link.matches(".inbox__link, .others__link")) {
      event.preventDefault();
      this.open(withFilter(link.href, this.listQuery), { byKey: event.detail === 0 });
    } else if (wide.matches && link.matches(".thread__back")) {
      event.preventDefault();
      this.leave();
    } else if (wide.matches && link.closest(".dashboard__list, .others") && this.isOfList(link.href)) {
      event.preventDefault();
      this.turnTo(new URL(link.href).search);
    }
  }

  /** Whether a URL is this page's with another filter, like the links in the list. */
  isOfList(address) {
    const { origin, pathname } = new URL(address);
    const here = [location.pathname, new URL(this.dataset.list, location.href).pathname];
    return origin === location.origin && here.includes(pathname);
  }

  submitted(event) {
    const form = event.target;
    if (!wide.matches || event.defaultPrevented || !this.list.contains(form) || form.method !== "get") return;
    if (!this.isOfList(form.action)) return;
    event.preventDefault();
    const values = [...new FormData(form, event.submitter)].filter(([, value]) => value !== "");
    const query = new URLSearchParams(values).toString();
    this.turnTo(query && `?${query}`);
  }

  pressed(event) {
    if (event.key !== "Escape" || event.defaultPrevented || !this.hasAttribute("data-context")) return;
    event.preventDefault();
    this.showContext(false);
  }

  /** Show a conversation in the middle. */
  async open(address, { push = true, byKey = false } = {}) {
    const next = new URL(address, location.href);
    if (push && this.pageOf(next.href) === this.shown && !next.hash) {
      this.keepShown();
      return this.focusIn(byKey);
    }
    this.markCurrent(next.pathname);
    this.opening = { address: next.href, isOld: false };
    const { opening } = this;
    const page = await this.ask(next.href);
    if (!page) return;
    if (push) history.pushState({ list: this.listQuery }, "", next.href);
    this.show(page, next.href);
    if (opening.isOld) refresh();
    this.focusIn(byKey);
    if (byKey) this.prepareNext();
    const name = this.middle.querySelector(".thread__title")?.textContent ?? "";
    this.status.textContent = fill(gettext("Conversation with %(name)s"), { name });
  }

  /** Fetch a conversation when the mouse button goes down, before it comes up. */
  aimed({ target, button, pointerType }) {
    const link = target.closest(".inbox__link");
    if (wide.matches && link && !button && pointerType === "mouse") this.prepare(link);
  }

  /** Fetch the conversation on which the keyboard focus rests: it is likely to be opened. */
  rested({ target }) {
    clearTimeout(this.rest);
    if (!wide.matches || !target.matches(".inbox__link:focus-visible")) return;
    this.rest = setTimeout(() => target.isConnected && this.prepare(target), REST);
  }

  /**
   * Fetch the next conversation in the same direction: people who go through the list by keyboard open it
   * soon. Fetching it marks nothing as read.
   */
  prepareNext() {
    const item = this.linkOf(location.pathname)?.closest(".inbox__item");
    const next = this.keys.isGoingUp ? item?.previousElementSibling : item?.nextElementSibling;
    const link = next?.querySelector(".inbox__link");
    if (link) setTimeout(() => this.prepare(link), SOON);
  }

  prepare(link) {
    const address = withFilter(link.href, this.listQuery);
    const isThere = this.prepared?.address === address && performance.now() < this.prepared.at + FRESH;
    if (isThere || this.pageOf(address) === this.shown) return;
    this.prepared?.request.abort();
    const request = new AbortController();
    this.prepared = { address, at: performance.now(), request, page: askFor(address, request.signal) };
  }

  /** Return the page that was fetched in advance for a URL; undefined if there is none. */
  takePrepared(address) {
    const { prepared } = this;
    this.prepared = null;
    const isFresh = prepared?.address === address && performance.now() < prepared.at + FRESH;
    if (isFresh && session.live) return prepared.page; // without a socket, nothing says that it is old
    prepared?.request.abort();
    return undefined;
  }

  /** Conversations have changed (null: any of them). Drop pages that were requested before that. */
  forgetPages(ids) {
    const isOf = (address) => !ids || ids.includes(Number(new URL(address).pathname.match(/(\d+)\/$/)?.[1]));
    if (this.opening && isOf(this.opening.address)) this.opening.isOld = true;
    if (!this.prepared || !isOf(this.prepared.address)) return;
    this.prepared.request.abort();
    this.prepared = null;
  }

  /** Go back to the list, with nothing open. */
  leave() {
    const row = this.linkOf(location.pathname)?.closest(".inbox__item");
    const rows = [row, row?.nextElementSibling, row?.previousElementSibling];
    const address = new URL(this.dataset.list + this.listQuery, location.href).href;
    if (!this.nothing) return location.assign(address);
    this.request?.abort();
    history.pushState({ list: this.listQuery }, "", address);
    this.showNothing();
    // An action may have removed the conversation's row from the list.
    const place = rows.find((one) => one?.isConnected) ?? this.list;
    place.querySelector(".inbox__link")?.focus();
  }

  /** Show another part of the list: another filter, or older conversations. */
  async turnTo(query) {
    const where = this.conversation ? withFilter(location.pathname, query) : this.dataset.list + query;
    const page = await this.ask(new URL(this.dataset.list + query, location.href).href);
    if (!page) return;
    this.listRequest?.abort();
    history.pushState({ list: query }, "", where);
    this.shown = this.pageOf(location.href);
    this.takeList(page, query);
  }

  /** Follow the person, who went back or forward. */
  async wentTo() {
    this.hasStayed = false;
    const isShown = this.pageOf(location.href) === this.shown;
    // A message's URL in the open conversation doesn't say which page of the list is beside it.
    const query = history.state?.list ?? (isShown && location.hash ? this.listQuery : listAt(location));
    if (isShown) {
      this.keepShown();
      if (query !== this.listQuery) this.fillList(query);
      return;
    }
    const isThread = isConversation(location.pathname);
    const isSameList = query === this.listQuery && this.list.querySelector("trato-inbox");
    if (!wide.matches || (!isThread && !this.nothing)) return location.reload();
    if (isThread) this.open(location.href, { push: false });
    else {
      this.request?.abort();
      this.showNothing();
    }
    if (!isSameList) this.fillList(query);
  }

  /** Stay on the open page, and cancel another one that is on its way. */
  keepShown() {
    this.request?.abort();
    this.middle.removeAttribute("aria-busy");
    this.markCurrent();
  }

  /** Fetch a page for this person. If that fails, go to the page; without a connection, stay here. */
  async ask(address) {
    this.request?.abort();
    const request = new AbortController();
    this.request = request;
    this.middle.setAttribute("aria-busy", "true");
    const page = (await this.takePrepared(address)) ?? (await askFor(address, request.signal));
    if (request.signal.aborted) return null;
    this.middle.removeAttribute("aria-busy");
    if (page === UNREACHABLE) this.stay();
    else if (!page && !session.ended) {
      if (address === location.href) location.reload();
      else location.assign(address);
    }
    return page;
  }

  /** Keep what is shown. If the person went back or forward, show the other page once connected. */
  async stay() {
    this.hasStayed = true;
    this.markCurrent(new URL(this.shown).pathname);
    const { offerUndo } = await import("trato/undo");
    offerUndo({ text: gettext("That isn't possible right now. Try again in a moment.") });
  }

  // -- showing ---------------------------------------------------------------------------------

  show(page, address) {
    const notices = page.querySelector(".notices");
    document.querySelector(".notices")?.remove();
    if (notices) {
      document.getElementById("main").before(notices);
      load("notices");
    }
    this.toggleAttribute("data-open", true); // before the thread chooses where to start
    this.middle.replaceChildren(...page.querySelector(".dashboard__conversation").childNodes);
    this.shown = this.pageOf(address);
    this.arrange(page.title);
  }

  showNothing() {
    document.querySelector(".notices")?.remove();
    this.middle.removeAttribute("aria-busy");
    this.middle.replaceChildren(this.nothing.cloneNode(true));
    this.shown = this.pageOf(location.href);
    this.arrange(this.listTitle);
  }

  /** The person may no longer see what is shown, for example after leaving the shop. Their own text stays. */
  showGone() {
    const pending = this.middle.querySelectorAll(".message[data-pending] .message__body");
    const words = [...pending].map(({ textContent }) => textContent);
    for (const { value, defaultValue } of this.middle.querySelectorAll("textarea")) {
      if (value !== defaultValue) words.push(value.trim());
    }
    const isHere = this.middle.contains(document.activeElement);
    this.request?.abort();
    this.removeAttribute("data-context");
    this.middle.removeAttribute("aria-busy");
    this.middle.replaceChildren(document.getElementById("gone-template").content.cloneNode(true));
    const unsent = this.middle.querySelector("textarea");
    unsent.value = words.filter(Boolean).join("\n\n");
    unsent.parentElement.hidden = !unsent.value;
    const heading = this.middle.querySelector("h1");
    this.status.textContent = heading.textContent;
    entitle(heading.textContent);
    if (isHere) heading.focus();
    outbox.changed();
    this.markCurrent();
  }

  arrange(title) {
    const isOpen = Boolean(this.conversation);
    this.toggleAttribute("data-open", isOpen);
    this.removeAttribute("data-context");
    if (!isOpen) this.listTitle ??= document.title;
    if (title) entitle(title);
    start(this.middle);
    if (title) writeAll(this.middle);
    outbox.changed(); // waiting messages of the conversation that was left are now shown elsewhere
    this.nameList();
    this.markCurrent();
  }

  /** Give the page one main heading: the conversation's, if one is open. */
  nameList() {
    const old = this.list.querySelector("h1, h2.dashboard__title");
    const kind = this.conversation ? "H2" : "H1";
    if (!old || old.tagName === kind) return;
    const heading = document.createElement(kind);
    heading.className = "dashboard__title";
    heading.append(...old.childNodes);
    old.replaceWith(heading);
  }

  /** Load the list beside a conversation, if there is room and it isn't there yet. */
  async fillList(query) {
    const isThere = query === undefined && this.list.querySelector("trato-inbox");
    if (!wide.matches || isThere) return;
    const wanted = query ?? this.listQuery;
    this.listQuery = wanted;
    this.listRequest?.abort();
    const request = new AbortController();
    this.listRequest = request;
    const page = await askFor(new URL(this.dataset.list + wanted, location.href).href, request.signal);
    if (page && !request.signal.aborted) this.takeList(page, wanted);
  }

  takeList(page, query) {
    this.listQuery = query;
    const list = document.adoptNode(page.querySelector(".dashboard__list"));
    const focused = this.list.contains(document.activeElement) && document.activeElement;
    this.list.replaceWith(list);
    this.list = list;
    this.nothing ??= document.adoptNode(page.querySelector(".dashboard__nothing"));
    this.listTitle = page.title;
    start(list);
    this.nameList();
    this.markCurrent();
    this.selection.clear();
    if (focused) this.focusLike(focused);
  }

  /** Focus the new version of an element that was drawn again. */
  focusLike(old) {
    const same = old.id && document.getElementById(old.id);
    const href = old.getAttribute("href");
    const link = href && [...this.list.querySelectorAll("a")].find((one) => one.getAttribute("href") === href);
    const current = this.list.querySelector("nav [aria-current]");
    (same || link || current || this.list.querySelector(".inbox__link"))?.focus();
  }

  linkOf(pathname) {
    const id = pathname.match(/(\d+)\/?$/)?.[1];
    return id && this.list.querySelector(`[data-conversation="${id}"] .inbox__link`);
  }

  markCurrent(pathname = location.pathname) {
    const link = this.linkOf(pathname);
    for (const old of this.list.querySelectorAll(".inbox__link[aria-current]")) {
      if (old !== link) old.removeAttribute("aria-current");
    }
    link?.setAttribute("aria-current", "true");
    this.list.querySelector("trato-inbox")?.swept?.();
  }

  /** Move the focus in: with a mouse, to the box, to write; with the keyboard, to the title, for the next key. */
  focusIn(byKey) {
    const field = this.middle.querySelector("trato-composer:not([hidden]) textarea");
    if (field && !byKey && matchMedia("(pointer: fine)").matches) return field.focus({ preventScroll: true });
    const heading = this.middle.querySelector(".thread__title");
    heading?.setAttribute("tabindex", "-1");
    heading?.focus({ preventScroll: true });
  }

  showContext(isOpen) {
    this.toggleAttribute("data-context", isOpen);
    this.middle.querySelector(isOpen ? ".context" : ".thread__details")?.focus();
  }
}

function load(name) {
  import(`trato/${name}`).catch(() => (document.getElementById("incomplete").hidden = false));
}

/** Load the scripts of our elements that came with another page. */
function start(root) {
  const names = [...root.querySelectorAll(":not(:defined)")].map(({ localName }) => localName);
  for (const name of new Set(names)) if (name.startsWith("trato-")) load(name.slice("trato-".length));
}

customElements.define("trato-panes", Panes);
