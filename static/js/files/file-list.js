// The files of a message: pictures as thumbnails, documents as links to download them.
import { addresses } from "trato/page";
import { language } from "trato/text";

const SMALL = 320; // pixels of a thumbnail's longer side, as in messaging/files/models.py

export function sizeText(bytes) {
  const unit = bytes < 1024 ** 2 ? "kilobyte" : "megabyte";
  const value = Math.max(1, bytes) / (unit === "kilobyte" ? 1024 : 1024 ** 2);
  const maximumFractionDigits = value < 10 ? 1 : 0;
  return new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits }).format(value);
}

/** `list`: the list from the template element, with one item for each kind. */
export function drawFiles(list, { conversation, files = [] }) {
  const kinds = { image: list.querySelector("[data-picture]"), pdf: list.querySelector("[data-document]") };
  const items = files.map((file) => {
    const item = kinds[file.kind].closest("li").cloneNode(true);
    const link = item.querySelector("a");
    link.href = addresses.file(conversation, file.id);
    if (file.kind === "image") drawPicture(link, file);
    else {
      link.querySelector(".files__name").textContent = file.name;
      link.querySelector(".files__size").textContent = sizeText(file.size);
    }
    return item;
  });
  list.replaceChildren(...items);
  list.hidden = !items.length;
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
