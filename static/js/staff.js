// The staff desk has the badge, and ends with its person's session; it is Django's admin in all else.
import "trato/badge";
import { explain } from "trato/ended";
import { session } from "trato/session";

const line = document.createElement("div");
line.id = "connection";
line.setAttribute("role", "status");
line.hidden = true;
document.body.prepend(line);
session.on("ended", ({ code }) => explain(line, code));
session.on("resumed", () => (line.hidden = true));
session.start();
