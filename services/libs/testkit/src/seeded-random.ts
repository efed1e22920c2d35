import { randomInt } from "node:crypto";

/** Repeatable randomness for fault tests: the same seed gives the same run. Not for secrets. */
export interface SeededRandom {
  readonly seed: number;
  /** 0 <= x < 1, 32 bits of it. */
  next(): number;
  /** An integer, both ends included. */
  between(lowest: number, highest: number): number;
  /** True with the given probability, 0 to 1. */
  chance(probability: number): boolean;
  pick<T>(choices: readonly T[]): T;
  shuffled<T>(values: readonly T[]): T[];
  bytes(lengthBytes: number): Uint8Array;
}

const SEED_LIMIT = 2 ** 32;

/**
 * Mulberry32 over a 32-bit seed. Prints the seed, so that a failed run can be repeated with `TEST_SEED=<seed>`.
 * @param seed 0 to 2^32-1; without one the environment's `TEST_SEED`, else a fresh one
 * @param print where the line with the seed goes
 */
export function seededRandom(
  seed: number = seedOfEnvironment() ?? randomInt(SEED_LIMIT),
  print: (line: string) => void = (line) => void process.stdout.write(line),
): SeededRandom {
  if (!Number.isInteger(seed) || seed < 0 || seed >= SEED_LIMIT) throw new RangeError(`not a 32-bit seed: ${seed}`);
  print(`random seed ${seed} (repeat with TEST_SEED=${seed})\n`);
  const next = mulberry32(seed);
  const between = (lowest: number, highest: number) => lowest + Math.floor(next() * (highest - lowest + 1));
  return {
    seed,
    next,
    between,
    chance: (probability) => next() < probability,
    pick: <T>(choices: readonly T[]) => {
      if (choices.length === 0) throw new RangeError("nothing to pick from");
      return choices[between(0, choices.length - 1)] as T;
    },
    shuffled: (values) => shuffled(values, between),
    bytes: (lengthBytes) => Uint8Array.from({ length: lengthBytes }, () => between(0, 255)),
  };
}

function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / SEED_LIMIT;
  };
}

/** Fisher and Yates. */
function shuffled<T>(values: readonly T[], between: (lowest: number, highest: number) => number): T[] {
  const result = [...values];
  for (let last = result.length - 1; last > 0; last--) {
    const other = between(0, last);
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}

function seedOfEnvironment(): number | undefined {
  const text = process.env["TEST_SEED"];
  return text === undefined || text === "" ? undefined : Number(text);
}
