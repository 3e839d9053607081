// Shows the badge in Django's admin, and explains when the session has ended.
import "trato/badge";
import { explain } from "trato/ended";
import { session } from "trato/session";
import "trato/submit-once";

const line = document.createElement("div");
line.id = "connection";
line.setAttribute("role", "status");
line.hidden = true;
document.body.prepend(line);
session.on("ended", ({ code }) => explain(line, code));
session.on("resumed", () => (line.hidden = true));
session.start();
