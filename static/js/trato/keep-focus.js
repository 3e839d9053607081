// The focus returns to where it was. A live list may have drawn that again meanwhile.

/** Whether an element is rendered. Safari has `checkVisibility` since 17.4. */
export function isVisible(element) {
  return element.checkVisibility?.() ?? element.getClientRects().length > 0;
}

/**
 * Remember an element; the function that is returned gives it the focus, or what is in its place,
 * unless the person has moved on.
 */
export function keepFocus(element = document.activeElement) {
  const row = element?.closest(".inbox__item");
  const rows = [row, row?.nextElementSibling, row?.previousElementSibling];
  const ids = rows.map((one) => one?.dataset.conversation);
  return () => {
    if (![null, document.body].includes(document.activeElement)) return;
    const links = ids.map((id) => document.querySelector(`.inbox__item[data-conversation="${id}"] .inbox__link`));
    const places = [element, ...links, document.getElementById("main")];
    places.find((one) => one?.isConnected).focus({ preventScroll: true });
  };
}
