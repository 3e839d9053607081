// Tells the server which message was last on the screen, so that an action doesn't overlook a newer one.

/** Write the last message's sequence into the field `seen` of a form. */
export function noteSeen(form) {
  const thread = document.querySelector("trato-thread");
  // A page that shows older messages keeps the last message from when it showed the newest ones.
  if (form.elements.seen && thread?.newest) form.elements.seen.value = thread.newest;
}
