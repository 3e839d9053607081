// The page's texts in the reader's language, from Django's catalogue.
const WAIT = 3000; // milliseconds to wait for the catalogue; then the page continues in English

const same = (text) => text;
const choose = (one, many, count) => (count === 1 ? one : many);

const catalogue = document.getElementById("catalogue");
if (!window.gettext && catalogue) {
  await new Promise((resume) => {
    for (const kind of ["load", "error"]) catalogue.addEventListener(kind, resume);
    setTimeout(resume, WAIT);
  });
}

export const gettext = (text) => (window.gettext ?? same)(text);
export const ngettext = (one, many, count) => (window.ngettext ?? choose)(one, many, count);

/** Fill `%(name)s` in a translated text. */
export function fill(text, values) {
  return text.replace(/%\((\w+)\)s/g, (whole, name) => values[name] ?? whole);
}

export const language = document.documentElement.lang;

/** Remove case and accents, so that `envio` finds `Envío`. */
export const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** Return the beginning of a text, with at most this many characters. */
export function beginning(text, most) {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join("")}…`;
}

/** The length as the server counts it: code points, not UTF-16 units. */
export const lengthOf = (text) => [...text].length;
