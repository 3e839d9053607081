// What the server says about this page, in the attributes that `{% messaging_page %}` renders. Only this
// module reads them; the other scripts contain no URLs, person or site name.
const data = document.querySelector("[data-user]")?.dataset ?? {};

export const userId = Number(data.user) || null; // the person for whom the page was rendered
export const userName = data.userName ?? "";
export const siteName = data.siteName ?? "";
export const askAfter = Number(data.askAfter || Infinity) * 1000; // milliseconds

/** The site's URLs. The functions take the ID of a conversation. */
export const addresses = {
  login: data.loginUrl,
  socket: data.socketUrl,
  unread: data.unreadUrl,
  acts: data.actsUrl,
  choices: data.choicesUrl,
  muted: data.mutedUrl,
  conversation: (id) => data.conversationUrl.replace("{id}", id),
  send: (id) => data.sendUrl.replace("{id}", id),
  files: (id) => data.filesUrl.replace("{id}", id),
  file: (id, file) => `${addresses.files(id)}${file}/`,
};
