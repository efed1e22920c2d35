/** Each wait is this part longer or shorter, at random. RFC 5080 section 2.2.1. */
const JITTER = 0.1;

/**
 * The wait after a request was sent. RFC 5080 section 2.2.1: RT = IRT + RAND * IRT at first, then RT = 2 * RTprev + RAND *
 * RTprev, with RAND between -0.1 and 0.1.
 * @param previousMs the wait before; undefined after the first time
 * @param fraction random, 0 to 1
 */
export function waitAfterSendingMs(firstWaitMs: number, previousMs: number | undefined, fraction: number): number {
  const jitter = (fraction * 2 - 1) * JITTER;
  return previousMs === undefined ? firstWaitMs * (1 + jitter) : previousMs * (2 + jitter);
}
