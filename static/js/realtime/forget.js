// After an account was deleted: drop its drafts and unsent messages, which nobody can send any more.
import * as storage from "trato/storage";

class Forget extends HTMLElement {
  connectedCallback() {
    const ofPerson = new RegExp(`^trato-[a-z]+-${this.getAttribute("person")}(\\D|$)`);
    for (const key of storage.keys("trato-")) if (ofPerson.test(key)) storage.remove(key);
  }
}
customElements.define("trato-forget", Forget);
