// The files of a message: pictures as thumbnails, documents as download links. A message that waits
// also shows how much of each file has been uploaded.
import { addresses } from "trato/page";
import { gettext, language } from "trato/text";
import { uploads } from "trato/uploads";

const SMALL = 320; // pixels of a thumbnail's longer side, as in messaging/files/models.py

export function sizeText(bytes) {
  const unit = bytes < 1024 ** 2 ? "kilobyte" : "megabyte";
  const value = (bytes && Math.max(1024, bytes)) / (unit === "kilobyte" ? 1024 : 1024 ** 2);
  const maximumFractionDigits = value < 10 ? 1 : 0;
  return new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits }).format(value);
}

/** `list`: the list from the template element. It keeps one item for each kind, to copy. */
function kindsOf(list) {
  list.kinds ??= {
    image: list.querySelector("[data-picture]").closest("li"),
    pdf: list.querySelector("[data-document]").closest("li"),
  };
  return list.kinds;
}

export function drawFiles(list, { conversation, files = [] }) {
  const items = files.map((file) => {
    const item = kindsOf(list)[file.kind].cloneNode(true);
    const link = item.querySelector("a");
    link.href = addresses.file(conversation, file.id);
    if (file.kind === "image") drawPicture(link, file);
    else drawDocument(item, file.name, sizeText(file.size));
    return item;
  });
  show(list, items);
}

/** Draw the files of a waiting message. Uploaded files already look as they will in the end. */
export function drawPendingFiles(list, { conversation, files = [] }) {
  const records = files.map((id) => uploads.get(id)).filter(Boolean);
  const state = JSON.stringify(records.map(({ id, file, trouble }) => [id, file, trouble]));
  if (list.drawn === state) return;
  list.drawn = state;
  if (records.every(({ file }) => file)) {
    drawFiles(list, { conversation, files: records.map((record) => ({ ...record, id: record.file })) });
    return;
  }
  const items = records.map(({ id, name, size, file, trouble }) => {
    const item = kindsOf(list).pdf.cloneNode(true);
    item.dataset.upload = id;
    item.querySelector("a").removeAttribute("href");
    drawDocument(item, name, file ? sizeText(size) : trouble ?? gettext("Waiting…"));
    return item;
  });
  show(list, items);
}

uploads.addEventListener("progress", ({ detail: id }) => {
  const text = new Intl.NumberFormat(language, { style: "percent" }).format(uploads.progress(id));
  for (const size of document.querySelectorAll(`[data-upload="${CSS.escape(id)}"] .files__size`)) {
    size.textContent = text;
  }
});

function show(list, items) {
  kindsOf(list);
  list.replaceChildren(...items);
  list.hidden = !items.length;
}

function drawDocument(item, name, size) {
  item.querySelector(".files__name").textContent = name;
  item.querySelector(".files__size").textContent = size;
}

function drawPicture(link, { width, height, alt, name }) {
  const image = link.querySelector("img");
  const thumbnail = `${link.href}thumbnail/`;
  const longer = Math.max(width, height, SMALL);
  image.width = Math.round((width * SMALL) / longer);
  image.height = Math.round((height * SMALL) / longer);
  image.alt = alt || name;
  image.srcset = `${thumbnail} 1x, ${thumbnail}?size=large 2x`;
  image.src = thumbnail;
}
