// Actions on conversations: archive, star, snooze, label, assign and so on; for one or for many.
import { post } from "trato/api";
import { addresses } from "trato/page";
import { fill, gettext, ngettext } from "trato/text";

const AT_ONCE = 200; // conversations in one request, so that people see progress

// Actions that put a conversation away. The server skips conversations with a message that was not on screen.
const PUTS_AWAY = new Set(["archive", "snooze", "settle", "mark_read"]);

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
 * Act on conversations.
 *
 * `extra`: the action's other fields, such as `until`. With `filter`, the query of a list, the action is for
 * all conversations of that list, and `ids` is empty. `onProgress(done, all)` is called after each request of
 * several. `seen`: the last message that was on screen, by conversation, for conversations that no longer
 * are. Returns `{done, failed, rest, text, error, undo}`: the conversations where the action was done, those
 * where it failed, those not tried because of an error, a sentence for people, that error, and a function
 * that undoes everything, or null if there is nothing to undo.
 */
export async function act(name, ids, extra = {}, onProgress = () => {}, seen = new Map()) {
  const result = { done: [], failed: {}, rest: [], text: "", error: "", undo: null };
  const tokens = [];
  const asks = PUTS_AWAY.has(name) && !("seen" in extra); // the form beside a conversation sends it itself
  const last = asks ? ids.map((id) => lastShown(id) ?? seen.get(String(id))) : [];
  const all = "filter" in extra ? 1 : ids.length; // a filter is one request, for everything that it matches
  for (let first = 0; first < all; first += AT_ONCE) {
    const part = ids.slice(first, first + AT_ONCE);
    const answer = await send(name, extra, part, last.slice(first, first + AT_ONCE));
    if (answer.error) {
      result.error = answer.error;
      result.rest = ids.slice(first);
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

/** Return a conversation's last message on screen, in its row or open; undefined if there is none. */
function lastShown(id) {
  const row = document.querySelector(`.inbox__item[data-conversation="${id}"]`);
  const thread = document.querySelector(`trato-thread[data-conversation="${id}"]`);
  const shown = [row?.dataset.last, thread?.newest];
  const last = Math.max(...shown.map((one) => Number(one ?? -1)));
  return last < 0 ? undefined : last;
}

/** Return the action that a form asks for: `{name, extra}`, as `act()` takes them. */
export function actOf(form, submitter) {
  const values = Object.fromEntries(new FormData(form, submitter));
  const { act: name, conversation, filter, next, csrfmiddlewaretoken, page_user, ...extra } = values;
  if (extra.until) delete extra.until_local;
  return { name, extra };
}

async function undo(tokens) {
  const result = { done: [], failed: {}, text: "", error: "", undo: null };
  const left = [];
  for (const token of tokens) {
    const answer = await send("undo", { token }, []);
    if (answer.error) {
      result.error = answer.error;
      left.push(token);
    } else {
      result.done.push(...answer.done);
      Object.assign(result.failed, answer.failed);
    }
  }
  result.text = result.error || (Object.keys(result.failed).length
    ? gettext("It has changed since, so it was left alone.")
    : gettext("Undone"));
  if (left.length) result.undo = () => undo(left);
  return result;
}

async function send(name, extra, ids, last = []) {
  const values = [["act", name], ...Object.entries(extra), ...ids.map((id) => ["conversation", id])];
  if (!last.includes(undefined)) values.push(...last.map((sequence) => ["seen", sequence]));
  const answer = await post(addresses.acts, values);
  if (answer?.ok) return answer.body;
  return { error: answer?.body?.detail ?? gettext("That didn't work. Try again in a moment.") };
}

function sentence(name, { done, failed, rest, error }) {
  const codes = Object.values(failed);
  if (error && !done.length && !codes.length) return error;
  const isNews = (code) => code === "conflict" && PUTS_AWAY.has(name);
  const news = codes.filter(isNews).length;
  const number = codes.length - news;
  const parts = [];
  if (done.length) {
    const text = SAID[name];
    parts.push(done.length > 1 ? `${text} (${done.length})` : text);
  }
  if (news) {
    parts.push(codes.length + done.length === 1 ? gettext("There is a new message.") : fill(ngettext(
      "%(count)s conversation has a new message.",
      "%(count)s conversations have a new message.",
      news,
    ), { count: news }));
  }
  if (number && name === "assign" && codes[0] === "conflict") parts.push(gettext("A colleague has just taken this."));
  else if (number) {
    parts.push(fill(ngettext(
      "%(count)s conversation could not be changed.",
      "%(count)s conversations could not be changed.",
      number,
    ), { count: number }));
  }
  if (error) {
    parts.push(fill(ngettext(
      "%(count)s was not tried: %(reason)s",
      "%(count)s were not tried: %(reason)s",
      rest.length,
    ), { count: rest.length, reason: error }));
  }
  return parts.length > 1 ? parts.map((part) => part.replace(/\.?$/, ".")).join(" ") : parts.join("");
}
