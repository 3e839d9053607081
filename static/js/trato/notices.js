// Lets people close notices that the server left on the page. This script shows the buttons, also on
// notices that came with another page.
function offer() {
  for (const button of document.querySelectorAll(".notice__close[hidden]")) button.hidden = false;
}

offer();
new MutationObserver(offer).observe(document.body, { childList: true });
document.addEventListener("click", ({ target }) => {
  const notice = target.closest(".notice__close")?.closest(".notice");
  if (!notice) return;
  const next = notice.nextElementSibling?.querySelector(".notice__close");
  (next ?? document.getElementById("main")).focus({ preventScroll: true });
  notice.remove();
});
