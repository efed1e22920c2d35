export interface EventuallyOptions {
  /** What is awaited, for the error's text: "Redis answers PING". */
  readonly what: string;
  readonly timeoutMs?: number;
  readonly everyMs?: number;
  /** Asked before each try; a text ends the wait at once with that reason. */
  readonly giveUp?: () => string | undefined;
}

const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_EVERY_MS = 25;

/**
 * Calls `attempt` until it neither throws nor returns `false` or `undefined`, and returns that value.
 * A try that is still under way at the time limit is left alone. Fails with `what`, the time limit and the last reason.
 */
export async function eventually<T>(
  attempt: () => Promise<T> | T,
  options: EventuallyOptions,
): Promise<Exclude<T, false | undefined>> {
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const deadlineMs = performance.now() + timeoutMs;
  let reason: unknown = "the condition never held";
  while (performance.now() < deadlineMs) {
    const givenUp = options.giveUp?.();
    if (givenUp !== undefined) throw new Error(`${options.what}: ${givenUp}`);
    try {
      const value = await withinMs(attempt, deadlineMs - performance.now());
      if (value !== false && value !== undefined) return value as Exclude<T, false | undefined>;
    } catch (error) {
      reason = error;
    }
    await sleepMs(Math.min(options.everyMs ?? DEFAULT_EVERY_MS, Math.max(0, deadlineMs - performance.now())));
  }
  const text = reason instanceof Error ? reason.message : String(reason);
  throw new Error(`${options.what}: not within ${timeoutMs} ms; last: ${text}`, { cause: reason });
}

async function withinMs<T>(attempt: () => Promise<T> | T, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("a try did not end")), limitMs);
  });
  try {
    return await Promise.race([attempt(), expired]);
  } finally {
    clearTimeout(timer);
  }
}

/** Resolves after `durationMs`. For the spacing of tries, never for the hope that something has happened. */
export function sleepMs(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}
