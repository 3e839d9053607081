// Returns the focus to where it was, even if a live list has drawn that element again meanwhile.

/** Whether an element is rendered. Safari has `checkVisibility` since 17.4. */
export function isVisible(element) {
  return element.checkVisibility?.() ?? element.getClientRects().length > 0;
}

/**
 * Make a change that may remove or hide the focused element. If it does, focus the first of these
 * `places` that is visible.
 */
export function passFocus(change, ...places) {
  const focused = document.activeElement;
  change();
  if (focused?.isConnected && isVisible(focused)) return;
  places.find((one) => one?.isConnected && isVisible(one))?.focus({ preventScroll: true });
}

/**
 * Remember an element. The function that this returns focuses it, or what is now in its place, unless
 * the person has moved the focus.
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
