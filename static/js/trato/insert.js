// Put text into a field as if it had been typed, so that Ctrl+Z takes it out again.
export function insertAt(field, text, start, end) {
  field.focus();
  field.setSelectionRange(start, end);
  // Deprecated, and still the only way that leaves the browser's undo list whole.
  if (document.execCommand("insertText", false, text)) return;
  field.setRangeText(text, start, end, "end");
  field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText", data: text }));
}
