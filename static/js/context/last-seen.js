// Which message was the last one on the screen: what asks for it must not overlook a newer one.

/** Write its sequence into the field `seen` of a form. */
export function noteSeen(form) {
  const thread = document.querySelector("trato-thread");
  // A page that shows older messages keeps what was the last one when it showed that.
  if (form.elements.seen && thread?.newest) form.elements.seen.value = thread.newest;
}
