import { userInfo } from "node:os";

const MAX_LENGTH = 64;

/** Who is at the terminal, as the system calls her: for the history, where she is believed. Empty when it has no name. */
export function operatorName(): string {
  try {
    return userInfo().username.slice(0, MAX_LENGTH);
  } catch {
    return ""; // A user id without an entry, as in some containers.
  }
}
