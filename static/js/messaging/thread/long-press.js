// A long press on a message opens its menu, for pointers that can't hover.
const LONG = 500; // milliseconds
const STEADY = 10; // pixels that a finger may move meanwhile

export function openOnLongPress(thread) {
  let timer;
  let start;
  let opened = false;
  const stop = () => clearTimeout(timer);

  thread.addEventListener("pointerdown", (event) => {
    stop();
    opened = false;
    const menu = event.target.closest(".message")?.querySelector(".message__menu");
    if (event.pointerType === "mouse" || !menu || menu.contains(event.target)) return;
    start = event;
    timer = setTimeout(() => {
      opened = menu.open = true;
      menu.querySelector("a, button").focus({ preventScroll: true });
    }, LONG);
  });
  thread.addEventListener("pointermove", (event) => {
    if (start && Math.hypot(event.x - start.x, event.y - start.y) > STEADY) stop();
  });
  for (const kind of ["pointerup", "pointercancel"]) thread.addEventListener(kind, stop);
  // Lifting the finger must not count as a click, neither elsewhere, which closes menus, nor on whatever the
  // menu now has there. The next touch starts over.
  thread.addEventListener("click", (event) => {
    if (!opened) return;
    opened = false;
    event.stopPropagation();
    event.preventDefault();
  }, { capture: true });
}
