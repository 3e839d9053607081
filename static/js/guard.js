// Show a message if the page's scripts did not start at all. This is a separate script without
// imports, because it watches the others.
window.addEventListener("load", () => {
  if (!document.documentElement.hasAttribute("data-started")) {
    document.getElementById("incomplete").hidden = false;
  }
});
