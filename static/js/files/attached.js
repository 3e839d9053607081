// What lists, toasts and quotes show for a message with only files; see `Attached` in messaging/models/message.py.
import { gettext } from "trato/text";

/** Return the kind of the files, as the server calls it; empty if there are no files. */
export function attachedIn(files) {
  if (!files.length) return "";
  if (files.every(({ kind }) => kind === "image")) return files.length === 1 ? "photo" : "photos";
  return files.length === 1 ? "document" : "files";
}

export function attachedWords(attached) {
  const words = {
    photo: gettext("Photo"), photos: gettext("Photos"), document: gettext("Document"), files: gettext("Files"),
  };
  return words[attached] ?? "";
}

export function wordsOf({ body, files = [] }) {
  return body || attachedWords(attachedIn(files));
}
