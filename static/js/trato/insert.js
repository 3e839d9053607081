// Helpers for typing by script, and for input methods.

/**
 * Whether a key is for an input method. Safari ends a composition before the Enter key that ended it,
 * and marks that key by its code.
 */
export function isComposing(event) {
  return event.isComposing || event.keyCode === 229;
}

/** Insert text into a field as if it had been typed, so that Ctrl+Z removes it. */
export function insertAt(field, text, start, end) {
  field.focus();
  field.setSelectionRange(start, end);
  // Deprecated, but still the only way that keeps the browser's undo history.
  if (document.execCommand("insertText", false, text)) return;
  field.setRangeText(text, start, end, "end");
  field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText", data: text }));
}
