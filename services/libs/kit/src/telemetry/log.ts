import { type DestinationStream, type Level, type Logger, pino } from "pino";

/** JSON logs with a fixed event name. Never a password, code, State, secret or whole packet. */
export interface Log {
  debug(event: string, fields?: Readonly<Record<string, unknown>>): void;
  info(event: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void;
  error(event: string, fields?: Readonly<Record<string, unknown>>): void;
}

export function createLog(service: string, level: Level | "silent", destination?: DestinationStream): Log {
  const options = {
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    messageKey: "event",
    serializers: { error: errorFields },
  };
  return wrap(destination ? pino(options, destination) : pino(options));
}

function wrap(logger: Logger): Log {
  return {
    debug: (event, fields) => logger.debug(fields ?? {}, event),
    info: (event, fields) => logger.info(fields ?? {}, event),
    warn: (event, fields) => logger.warn(fields ?? {}, event),
    error: (event, fields) => logger.error(fields ?? {}, event),
  };
}

const MAX_CAUSES = 3;

/** Name, message, code, stack and causes; nothing that a library hung onto its error (queries, parameters, packets). */
function errorFields(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) };
  const causes = causesOf(error);
  return { ...textOf(error), stack: error.stack, ...(causes.length > 0 ? { causes } : {}) };
}

function textOf(error: Error): Record<string, string> {
  const code = "code" in error ? { code: String(error.code) } : {};
  return { name: error.name, message: error.message, ...code };
}

function causesOf(error: Error): Record<string, string>[] {
  const causes: Record<string, string>[] = [];
  for (let cause = error.cause; cause instanceof Error && causes.length < MAX_CAUSES; cause = cause.cause) {
    causes.push(textOf(cause));
  }
  return causes;
}
