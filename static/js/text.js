// The page's texts in the reader's language, from Django's catalogue.
const same = (text) => text;
const choose = (one, many, count) => (count === 1 ? one : many);

export const gettext = window.gettext ?? same;
export const ngettext = window.ngettext ?? choose;

/** Fill `%(name)s` in a translated text. */
export function fill(text, values) {
  return text.replace(/%\((\w+)\)s/g, (whole, name) => values[name] ?? whole);
}

export const language = document.documentElement.lang;

/** Length as the server counts it: code points, not UTF-16 units. */
export const lengthOf = (text) => [...text].length;
