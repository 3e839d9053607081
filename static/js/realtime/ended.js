// Explain why a page has ended, and how to continue.
import { PAGE_OF_ANOTHER, SUSPENDED } from "trato/close-codes";
import { addresses, userName } from "trato/page";
import { fill, gettext } from "trato/text";

/** Show the explanation in an element; CSS hides the page's own contents. */
export function explain(element, code) {
  const link = document.createElement("a");
  if (code === PAGE_OF_ANOTHER) {
    element.textContent = fill(gettext("This page belongs to %(name)s, but someone else is now logged in on this browser. We've kept what %(name)s wrote here."), { name: userName });
    link.href = "";
    link.textContent = gettext("Reload the page");
  } else if (code === SUSPENDED) {
    element.textContent = gettext("Your account is suspended.");
  } else {
    element.textContent = gettext("You've been logged out.");
    link.href = `${addresses.login}?next=${encodeURIComponent(location.pathname)}`;
    link.textContent = gettext("Log in");
  }
  if (link.textContent) element.append(" ", link);
  element.hidden = false;
}
