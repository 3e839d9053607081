// Drops a deleted account's drafts, unsent messages and files, which nobody can send any more.
import { dropBlobsExcept } from "trato/blobs";
import * as storage from "trato/storage";

class Forget extends HTMLElement {
  connectedCallback() {
    const ofPerson = new RegExp(`^trato-[a-z]+-${this.getAttribute("person")}(\\D|$)`);
    for (const key of storage.keys("trato-")) if (ofPerson.test(key)) storage.remove(key);
    // What is left belongs to others: a key ends with the file's ID, a UUID.
    dropBlobsExcept(new Set(storage.keys("trato-file-").map((key) => key.slice(-36))));
  }
}
customElements.define("trato-forget", Forget);
