// What a page without a socket does: the same actions over HTTP.
function token() {
  const field = document.querySelector("input[name=csrfmiddlewaretoken]");
  return field?.value ?? document.cookie.match(/csrftoken=([^;]+)/)?.[1] ?? "";
}

/** GET JSON; null if there was no usable answer. */
export async function getJSON(address) {
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

/** POST a form; `{ok, status, body}`, or null if the server could not be reached. */
export async function post(address, values) {
  try {
    const answer = await fetch(address, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRFToken": token() },
      body: new URLSearchParams(values),
    });
    const isJSON = answer.headers.get("Content-Type")?.startsWith("application/json");
    return { ok: answer.ok, status: answer.status, body: isJSON ? await answer.json() : null };
  } catch {
    return null;
  }
}
