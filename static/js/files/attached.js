// What lists and toasts say of a message that has only files; as `Attached` in messaging/models.py.
import { gettext } from "trato/text";

export function wordsOf({ body, files = [] }) {
  if (body || !files.length) return body;
  if (files.every(({ kind }) => kind === "image")) {
    return files.length === 1 ? gettext("Photo") : gettext("Photos");
  }
  return files.length === 1 ? gettext("Document") : gettext("Files");
}
