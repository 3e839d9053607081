// Shows a conversation's pictures one at a time. A thumbnail opens it; arrow keys, buttons or a swipe
// lead to the next picture. Without this script, a thumbnail is a link to the picture.
import { session } from "trato/session";
import { fill, gettext } from "trato/text";

const SWIPE = 48; // pixels that a finger moves sideways

class Viewer extends HTMLElement {
  connectedCallback() {
    this.listeners = new AbortController();
    const { signal } = this.listeners;
    this.dialog = this.querySelector("dialog");
    this.picture = this.querySelector("img");
    this.thread = this.closest("trato-thread");
    this.thread.addEventListener("click", (event) => this.clicked(event), { signal });
    this.dialog.addEventListener("keydown", (event) => this.pressed(event));
    this.dialog.addEventListener("close", () => this.closed());
    const figure = this.querySelector("figure");
    figure.addEventListener("pointerdown", ({ clientX, isPrimary }) => {
      this.from = isPrimary ? clientX : null; // two fingers zoom
    });
    figure.addEventListener("pointerup", ({ clientX }) => this.swiped(clientX - (this.from ?? clientX)));
    this.picture.addEventListener("dragstart", (event) => event.preventDefault());
    for (const kind of ["message.changed", "conversation.state"]) {
      session.on(kind, () => setTimeout(() => this.check()), signal); // once the thread has drawn it
    }
  }

  disconnectedCallback() {
    this.listeners.abort();
  }

  links() {
    return [...this.thread.querySelectorAll(".messages a[data-picture]")];
  }

  place() {
    return this.links().findIndex(({ href }) => href === this.href);
  }

  clicked(event) {
    const { target } = event;
    const link = target.closest(".messages a[data-picture]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      this.show(link);
      this.dialog.showModal();
    } else if (target.closest("[data-close]") && this.contains(target)) this.dialog.close();
    else if (target.closest("[data-previous]")) this.turn(-1);
    else if (target.closest("[data-next]")) this.turn(1);
  }

  pressed(event) {
    const steps = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };
    if (!(event.key in steps)) return;
    event.preventDefault();
    event.stopPropagation(); // the page has its own keys
    this.turn(steps[event.key]);
  }

  swiped(distance) {
    if (Math.abs(distance) >= SWIPE) this.turn(distance < 0 ? 1 : -1);
  }

  turn(step) {
    const links = this.links();
    const place = Math.min(links.length - 1, Math.max(0, this.place() + step));
    if (links[place] && links[place].href !== this.href) this.show(links[place]);
  }

  show(link) {
    const thumbnail = link.querySelector("img");
    const links = this.links();
    this.href = link.href;
    this.message = link.closest(".message").id;
    this.picture.src = link.href;
    this.picture.alt = thumbnail.alt;
    const place = links.indexOf(link);
    this.querySelector("[data-place]").textContent = `${place + 1} / ${links.length}`;
    this.querySelector("[data-caption]").textContent = thumbnail.alt;
    this.querySelector("[data-download]").href = link.href;
    this.querySelector("[data-previous]").hidden = place === 0;
    this.querySelector("[data-next]").hidden = place === links.length - 1;
    if (!this.dialog.contains(document.activeElement)) this.querySelector("[data-close]").focus();
    const values = { place: place + 1, count: links.length, name: thumbnail.alt };
    this.querySelector("[data-said]").textContent =
      fill(gettext("Picture %(place)s of %(count)s: %(name)s"), values);
  }

  /** Close if the picture's message has been withdrawn or removed. */
  check() {
    if (this.dialog.open && this.place() < 0) this.dialog.close();
  }

  /**
   * Return the focus to the thumbnail, even if it has been drawn again; otherwise to its message. The message
   * may be withdrawn, so no text about the picture stays here.
   */
  closed() {
    const message = document.getElementById(this.message);
    const link = this.links()[this.place()];
    if (!link && message) message.tabIndex = -1;
    (link ?? message)?.focus();
    this.picture.removeAttribute("src");
    this.picture.alt = "";
    this.querySelector("[data-download]").removeAttribute("href");
    for (const part of ["caption", "said"]) this.querySelector(`[data-${part}]`).textContent = "";
  }
}

customElements.define("trato-viewer", Viewer);
