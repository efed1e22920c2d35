import type { Log } from "@portcullis/kit";
import type { Handlers, Peer } from "./peer.js";

type Fields = Readonly<Record<string, unknown>>;
type Level = keyof Log;

interface SentError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly code: string | undefined;
}

/** Logs where another thread logs. */
export function remoteLog(peer: () => Peer): Log {
  const told =
    (level: Level) =>
    (event: string, { error, ...fields }: Fields = {}): void =>
      peer().tell("log", level, event, fields, error === undefined ? undefined : sentError(error));
  return { debug: told("debug"), info: told("info"), warn: told("warn"), error: told("error") };
}

/** What the thread that logs answers to. */
export function logHandlers(log: Log): Handlers {
  return {
    log: (level: Level, event: string, fields: Fields, error: SentError | undefined) =>
      log[level](event, error === undefined ? fields : { ...fields, error: errorOf(error) }),
  };
}

function sentError(error: unknown): SentError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error), stack: undefined, code: undefined };
  const code = "code" in error ? String(error.code) : undefined;
  return { name: error.name, message: error.message, stack: error.stack, code };
}

function errorOf({ message, name, stack, code }: SentError): Error {
  const error = new Error(message);
  return Object.assign(error, { name, stack: stack ?? "" }, code === undefined ? {} : { code });
}
