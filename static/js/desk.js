// The staff desk has the badge alone; it is Django's admin in all else.
import "trato/badge";
import { session } from "trato/session";

session.start();
