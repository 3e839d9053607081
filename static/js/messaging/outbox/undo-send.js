// Undo send: a person can make each message wait a few seconds, to take it back. This browser keeps the
// choice.
import * as storage from "trato/storage";
import { session } from "trato/session";

const HELD_FOR = 5000; // milliseconds
const KEY = `trato-undo-send-${session.user}`;

export const waitsToSend = () => storage.get(KEY) !== null;

export function chooseToWait(does) {
  if (does) storage.set(KEY, "1");
  else storage.remove(KEY);
}

/** Return the values that make a new message wait; none if it shouldn't. */
export const heldNow = () => (waitsToSend() ? { held_until: Date.now() + HELD_FOR } : {});

/** Return the milliseconds that a message still waits; never more than `HELD_FOR`, whatever the clock does. */
export function heldFor({ held_until = 0 }) {
  const left = held_until - Date.now();
  return left > 0 && left <= HELD_FOR ? left : 0;
}
