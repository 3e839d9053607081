// Acts on conversations: archive, star, snooze, label, assign and so on; for one or for many.
import { post } from "trato/api";
import { addresses } from "trato/page";
import { fill, gettext, ngettext } from "trato/text";

const AT_ONCE = 200; // conversations in one request, so that there is progress to be seen

const SAID = {
  archive: gettext("Archived"),
  unarchive: gettext("Back in the inbox"),
  star: gettext("Starred"),
  unstar: gettext("Star removed"),
  snooze: gettext("Snoozed"),
  wake: gettext("Snooze ended"),
  mute: gettext("Muted"),
  unmute: gettext("No longer muted"),
  mark_read: gettext("Marked as read"),
  mark_unread: gettext("Marked as unread"),
  assign: gettext("Assigned"),
  label: gettext("Label added"),
  unlabel: gettext("Label removed"),
  settle: gettext("Settled"),
  reopen: gettext("Reopened"),
};

/**
 * Do something with conversations.
 *
 * `extra`: the act's other fields, such as `until`; with `filter`, the query of a list, the act is
 * for all conversations of that list, and `ids` is empty. `onProgress(done, all)` is called after each
 * part of many. Returns `{done, failed, text, error, undo}`: what was done with which, a sentence
 * for people, the reason if nothing was done, and a function that undoes it all; null if there is
 * nothing to undo.
 */
export async function act(name, ids, extra = {}, onProgress = () => {}) {
  const result = { done: [], failed: {}, text: "", error: "", undo: null };
  const tokens = [];
  const all = "filter" in extra ? 1 : ids.length; // a filter is one request, for all that it finds
  for (let first = 0; first < all; first += AT_ONCE) {
    const part = ids.slice(first, first + AT_ONCE);
    const answer = await send(name, extra, part);
    if (answer.error) {
      result.error = answer.error;
      break;
    }
    result.done.push(...answer.done);
    Object.assign(result.failed, answer.failed);
    if (answer.undo) tokens.push(answer.undo);
    onProgress(Math.min(first + AT_ONCE, all), all);
  }
  result.text = sentence(name, result);
  if (tokens.length) result.undo = () => undo(tokens);
  return result;
}

/** What the form of an act asks for: `{name, extra}`, as `act()` takes them. */
export function actOf(form, submitter) {
  const values = Object.fromEntries(new FormData(form, submitter));
  const { act: name, conversation, filter, next, csrfmiddlewaretoken, page_user, ...extra } = values;
  if (extra.until) delete extra.until_local;
  return { name, extra };
}

async function undo(tokens) {
  const result = { done: [], failed: {}, text: "", error: "" };
  for (const token of tokens) {
    const answer = await send("undo", { token }, []);
    if (answer.error) result.error = answer.error;
    else {
      result.done.push(...answer.done);
      Object.assign(result.failed, answer.failed);
    }
  }
  result.text = result.error || (Object.keys(result.failed).length
    ? gettext("It has changed meanwhile, so it stays as it is.")
    : gettext("Undone"));
  return result;
}

async function send(name, extra, ids) {
  const values = [["act", name], ...Object.entries(extra), ...ids.map((id) => ["conversation", id])];
  const answer = await post(addresses.acts, values);
  if (answer?.ok) return answer.body;
  return { error: answer?.body?.detail ?? gettext("That didn't work. Try again in a moment.") };
}

function sentence(name, { done, failed, error }) {
  if (error && !done.length) return error;
  const number = Object.keys(failed).length;
  const parts = [];
  if (done.length) {
    const text = SAID[name];
    parts.push(done.length > 1 ? `${text} (${done.length})` : text);
  }
  if (number) {
    parts.push(fill(ngettext(
      "%(count)s conversation could not be changed.",
      "%(count)s conversations could not be changed.",
      number,
    ), { count: number }));
  }
  return parts.join(". ");
}
