import type { ExchangeFailed } from "@portcullis/radius";
import type { Finding } from "./check.js";
import { count } from "./words.js";

/** Why a RADIUS server gave no reply that verified, and what to do; undefined for plain silence, which each caller reads. */
export function exchangeTrouble(failed: ExchangeFailed, place: string): Finding | undefined {
  switch (failed.failure) {
    case "unreachable":
      return {
        level: "error",
        what: `Nothing listens at ${place} (${failed.systemCode ?? "no way there"}).`,
        todo: "Is the server running there, is the port right, and does its firewall let this machine through?",
      };
    case "unresolvable":
      return {
        level: "error",
        what: `The name in ${place} is not known.`,
        todo: "Is it written right, and does this machine's DNS know it?",
      };
    case "timeout":
      return replyRefused(failed, place);
    default:
      return { level: "error", what: `No request could be sent to ${place}: ${failed.failure}.` };
  }
}

/** Replies came, and none of them could be taken. */
function replyRefused({ ignored }: ExchangeFailed, place: string): Finding | undefined {
  const unsigned = ignored["message-authenticator-missing"] ?? 0;
  const wrong = (ignored["response-authenticator-wrong"] ?? 0) + (ignored["message-authenticator-wrong"] ?? 0);
  if (wrong > 0) {
    const what = `${place} answers, but not with the secret of the configuration (${count(wrong, "reply").replace("replys", "replies")}).`;
    return { level: "error", what, todo: "Compare the shared secrets of both sides, to the last character." };
  }
  if (unsigned > 0) {
    const what = `${place} answers without Message-Authenticator, which is required of it.`;
    const todo = "Update that server, or set requireMessageAuthenticator of it to auto until you have.";
    return { level: "error", what, todo };
  }
  return undefined;
}
