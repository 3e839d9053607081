// The focus returns to where it was. A live list may have drawn that again meanwhile.

/** Whether an element is rendered. Safari has `checkVisibility` since 17.4. */
export function isVisible(element) {
  return element.checkVisibility?.() ?? element.getClientRects().length > 0;
}

/**
 * Do something that may take the button it was asked for with off the page: then the first visible
 * one of these `places` gets the focus.
 */
export function passFocus(change, ...places) {
  const focused = document.activeElement;
  change();
  if (focused?.isConnected && isVisible(focused)) return;
  places.find((one) => one?.isConnected && isVisible(one))?.focus({ preventScroll: true });
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
