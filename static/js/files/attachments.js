// The files of the message that is being written: chosen, dropped, pasted or photographed. They are uploaded
// immediately; the message waits in the outbox for files that are still being uploaded.
import { findBlob } from "trato/blobs";
import { sizeText } from "trato/file-list";
import { passFocus } from "trato/keep-focus";
import { outbox } from "trato/outbox";
import { fill, gettext } from "trato/text";
import { addresses } from "trato/page";
import { offerUndo } from "trato/undo";
import { uploads } from "trato/uploads";

const PREVIEWED = /^image\/(jpeg|png|webp|gif)$/;

/** Return the files in something that is dragged or pasted; none if it also has text. */
function filesIn(transfer) {
  return transfer?.types.includes("text/plain") ? [] : [...(transfer?.files ?? [])];
}

export class Attachments {
  shown = new Map(); // id of an upload → its line
  expected = new Set(); // promises for files that the server makes for this message: whether they arrived

  /** `most`: files per message; `mostBytes`: bytes per file. */
  constructor(composer, conversation, { most, mostBytes, signal }) {
    Object.assign(this, { conversation, most, mostBytes, signal });
    this.box = composer.querySelector("[data-attachments]");
    this.list = this.box.querySelector("ul");
    this.template = composer.querySelector("template[data-attachment]");
    this.said = composer.querySelector("[data-attachments-said]");
    for (const input of composer.querySelectorAll("[data-choose]")) {
      input.addEventListener("change", () => {
        this.add([...input.files]);
        input.value = "";
      }, { signal });
    }
    this.listenForDrops(composer.closest("trato-thread"));
    composer.addEventListener("paste", (event) => {
      const files = filesIn(event.clipboardData);
      if (!files.length) return;
      event.preventDefault();
      if (this.mayAdd()) this.add(files);
    }, { signal });
    this.list.addEventListener("click", ({ target }) => this.clicked(target), { signal });
    this.list.addEventListener("change", ({ target }) => {
      uploads.describe(target.closest("li").dataset.id, target.value);
    }, { signal });
    outbox.addEventListener("changed", () => this.draw(), { signal });
    uploads.addEventListener("progress", ({ detail }) => this.drawProgress(detail), { signal });
    this.draw();
    for (const { id, file, error } of this.records()) if (file && !error) uploads.hold(id);
  }

  listenForDrops(thread) {
    const { signal } = this;
    const hasFiles = ({ dataTransfer }) => dataTransfer?.types.includes("Files");
    thread.addEventListener("dragover", (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault(); // otherwise the browser would leave this page and open them
      if (thread.canWrite && !this.isNote) thread.toggleAttribute("data-drop", true);
      else event.dataTransfer.dropEffect = "none";
    }, { signal });
    thread.addEventListener("dragleave", ({ relatedTarget }) => {
      if (!thread.contains(relatedTarget)) thread.removeAttribute("data-drop");
    }, { signal });
    thread.addEventListener("drop", (event) => {
      thread.removeAttribute("data-drop");
      if (!hasFiles(event)) return;
      event.preventDefault();
      if (this.mayAdd()) this.add([...event.dataTransfer.files]);
    }, { signal });
  }

  /** Whether the person is writing a note. */
  get isNote() {
    return this.box.closest("trato-composer").dataset.mode === "note";
  }

  /** Whether files can be added to what is being written. Tells the person if not. */
  mayAdd() {
    if (this.isNote) offerUndo({ text: gettext("Only messages can have files, not notes.") });
    return !this.isNote && this.box.closest("trato-thread").canWrite;
  }

  records() {
    return outbox.unsentFiles(this.conversation);
  }

  ids() {
    return this.records().map(({ id }) => id);
  }

  /** Whether any file can't be sent. Tells the person which one. */
  hasRefused() {
    const refused = this.records().find(({ error }) => error);
    if (!refused) return false;
    this.say(fill(gettext("%(name)s can't be sent. Remove it or choose another file."), refused));
    this.shown.get(refused.id)?.querySelector("[data-remove]").focus();
    return true;
  }

  async add(files) {
    const free = Math.max(0, this.most - this.ids().length);
    // Record them immediately, so that they keep their order when more files are added at the same time.
    const kept = files.slice(0, free).map((file) => uploads.add(this.conversation, file, this.whyNot(file)));
    if (files.length > free) this.sayTooMany();
    if (!(await Promise.all(kept)).every(Boolean)) this.box.querySelector("[data-unkept]").hidden = false;
  }

  /**
   * Attach files that the server has made for this message; delete those that don't fit or aren't
   * wanted. Returns whether all are attached.
   */
  adopt(files, { isWanted = true } = {}) {
    const free = isWanted ? Math.max(0, this.most - this.ids().length) : 0;
    files.forEach((file, place) => {
      const id = uploads.adopt(this.conversation, file);
      if (place >= free) uploads.cancel(id);
    });
    if (isWanted && files.length > free) this.sayTooMany();
    return files.length <= free;
  }

  /** Let the message wait for files that are about to be adopted; `arrival` says whether they were. */
  expect(arrival) {
    this.expected.add(arrival);
    arrival.finally(() => this.expected.delete(arrival));
  }

  /** Wait for expected files, and tell the person. Returns whether all of them arrived. */
  async haveArrived() {
    const words = gettext("Wait until the files are uploaded.");
    this.say(words, true, false);
    const came = await Promise.all(this.expected);
    if (this.said.textContent === words) this.say(""); // otherwise it says that there are too many
    return came.every(Boolean);
  }

  sayTooMany() {
    this.say(fill(gettext("A message can have at most %(limit)s files."), { limit: this.most }), true);
  }

  whyNot({ size }) {
    if (!size) return gettext("The file is empty. Choose another one.");
    const limit = Math.floor(this.mostBytes / 1024 ** 2);
    return size > this.mostBytes
      ? fill(gettext("It is larger than %(limit)s MB. Choose a smaller file."), { limit }) : null;
  }

  /** Tell screen readers, and everybody if `isVisible`. */
  say(text, isVisible = false, isError = isVisible) {
    this.said.textContent = text;
    this.said.classList.toggle("visually-hidden", !isVisible);
    this.said.classList.toggle("field__error", isError);
  }

  clicked(target) {
    const line = target.closest("li");
    if (target.closest("[data-remove]")) {
      const next = line.nextElementSibling ?? line.previousElementSibling;
      uploads.cancel(line.dataset.id);
      this.say("");
      (next?.querySelector("[data-remove]") ?? this.box.closest("form").querySelector("textarea")).focus();
    } else if (target.closest("[data-again]")) {
      passFocus(() => uploads.renew(line.dataset.id), line.querySelector("[data-remove]"));
    }
  }

  // -- drawing ---------------------------------------------------------------------------------

  draw() {
    const records = this.records();
    for (const [id, line] of this.shown) {
      if (records.some((record) => record.id === id)) continue;
      URL.revokeObjectURL(line.querySelector("img").src);
      line.remove();
      this.shown.delete(id);
    }
    for (const record of records) this.drawOne(record);
    this.box.hidden = !records.length;
    this.box.querySelector("[data-note]").hidden = !records.some(({ type }) => type.startsWith("image/"));
  }

  drawOne(record) {
    const line = this.shown.get(record.id) ?? this.make(record);
    const isReady = uploads.isReady(record);
    line.toggleAttribute("data-refused", Boolean(record.error));
    const error = line.querySelector("[data-error]");
    const text = record.error ?? record.trouble ?? "";
    error.hidden = !text;
    if (error.textContent !== text) error.textContent = text;
    line.querySelector("[data-again]").hidden = !record.error || record.isFinal;
    line.querySelector("[data-size]").textContent = record.error || isReady ? sizeText(record.size) : "";
    line.querySelector("progress").hidden = isReady || Boolean(record.error);
    line.querySelector(".attachment__alt").hidden = record.kind !== "image" || Boolean(record.error);
    this.drawProgress(record.id);
  }

  make(record) {
    const line = this.template.content.firstElementChild.cloneNode(true);
    line.dataset.id = record.id;
    line.querySelector(".attachment__name").textContent = record.name;
    line.querySelector("[data-remove]").ariaLabel = fill(gettext("Remove %(name)s"), record);
    line.querySelector("progress").ariaLabel = fill(gettext("Uploading %(name)s"), record);
    line.querySelector(".attachment__alt span").textContent =
      fill(gettext("Description of %(name)s"), record);
    line.querySelector("input").value = record.alt;
    this.shown.set(record.id, line);
    this.list.append(line);
    this.preview(record, line.querySelector("img"));
    return line;
  }

  async preview({ id, type, kind, file }, image) {
    image.onload = () => (image.hidden = false);
    const blob = PREVIEWED.test(type) ? await findBlob(id) : null;
    if (!this.shown.has(id)) return;
    if (blob) image.src = URL.createObjectURL(blob);
    else if (!type && kind === "image") image.src = `${addresses.file(this.conversation, file)}thumbnail/`;
  }

  drawProgress(id) {
    const bar = this.shown.get(id)?.querySelector("progress");
    if (bar) bar.value = uploads.progress(id);
  }
}
