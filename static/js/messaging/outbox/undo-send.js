// Undo send: a person may want each message to wait for some seconds, to take it back. The choice is
// kept in this browser.
import * as storage from "trato/storage";
import { session } from "trato/session";

const HELD_FOR = 5000; // milliseconds
const KEY = `trato-undo-send-${session.user}`;

export const waitsToSend = () => storage.get(KEY) !== null;

export function chooseToWait(does) {
  if (does) storage.set(KEY, "1");
  else storage.remove(KEY);
}

/** What a new message has if it is to wait. */
export const heldNow = () => (waitsToSend() ? { held_until: Date.now() + HELD_FOR } : {});

/** How many milliseconds a message still waits; no longer than that, whatever the clock does. */
export function heldFor({ held_until = 0 }) {
  const left = held_until - Date.now();
  return left > 0 && left <= HELD_FOR ? left : 0;
}
