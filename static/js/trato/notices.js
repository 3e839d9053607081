// Notices that the server left on the page can be closed.
document.addEventListener("click", ({ target }) => {
  const notice = target.closest(".notice__close")?.closest(".notice");
  if (!notice) return;
  const next = notice.nextElementSibling?.querySelector(".notice__close");
  (next ?? document.getElementById("main")).focus({ preventScroll: true });
  notice.remove();
});
