// Every page starts here.
import "trato/menu";
import { session } from "trato/session";
import { rememberZone, writeAll } from "trato/local-time";
import "trato/ask";

rememberZone();
writeAll();
if (session.user) {
  await Promise.all(
    ["badge", "toast", "inbox", "composer", "thread", "connection-status"].map(
      (name) => import(`trato/${name}`),
    ),
  );
  session.start();
}
