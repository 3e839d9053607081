// Which message was the last one on the screen: what asks for it must not overlook a newer one.

/** Write its sequence into the field `seen` of a form. */
export function noteSeen(form) {
  const thread = document.querySelector("trato-thread");
  // A page of older messages keeps what was the last one when it was drawn.
  if (!form.elements.seen || !thread || thread.dataset.before) return;
  const drawn = [...thread.querySelectorAll(".message[data-sequence]:not([data-pending])")];
  if (drawn.length) form.elements.seen.value = Math.max(...drawn.map(({ dataset }) => dataset.sequence));
}
