// Typing: by a script, and with an input method.

/**
 * Whether a key is for an input method. Safari ends a composition before the Enter key that ended it,
 * and marks that key by its code.
 */
export function isComposing(event) {
  return event.isComposing || event.keyCode === 229;
}

/** Put text into a field as if it had been typed, so that Ctrl+Z takes it out again. */
export function insertAt(field, text, start, end) {
  field.focus();
  field.setSelectionRange(start, end);
  // Deprecated, and still the only way that leaves the browser's undo list whole.
  if (document.execCommand("insertText", false, text)) return;
  field.setRangeText(text, start, end, "end");
  field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText", data: text }));
}
