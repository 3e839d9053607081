// Say so if the page's scripts did not start at all. A script of its own, and an old one without
// imports, because it watches over the others.
window.addEventListener("load", () => {
  if (!document.documentElement.hasAttribute("data-started")) {
    document.getElementById("incomplete").hidden = false;
  }
});
