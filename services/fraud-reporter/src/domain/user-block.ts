/** Who began or ended a block: a report, an operator, or the time that had run out. */
export type BlockActor =
  | { readonly kind: "report"; readonly name: string }
  | { readonly kind: "operator"; readonly name: string }
  | { readonly kind: "time" };

/** A user who is not let in. */
export interface UserBlock {
  readonly blockId: string;
  readonly userId: string;
  readonly fromMs: number;
  /** `NEVER`: until somebody unblocks her. */
  readonly untilMs: number;
  readonly reason: string;
  readonly by: BlockActor;
}

export interface BlockEnd {
  readonly atMs: number;
  readonly by: BlockActor;
  readonly reason: string;
}

/** What is to become of a user's block. With both, the new one takes the old one's place and she stays blocked. */
export interface BlockChange {
  readonly end?: BlockEnd;
  readonly begin?: UserBlock;
}

export const NEVER = 0;
const DAY_MS = 86_400_000;

/** @param days 0: without an end */
export function untilOf(fromMs: number, days: number): number {
  return days === 0 ? NEVER : fromMs + days * DAY_MS;
}

export function hasRunOut(block: Pick<UserBlock, "untilMs">, nowMs: number): boolean {
  return block.untilMs !== NEVER && block.untilMs <= nowMs;
}

/**
 * A report never shortens a block, and lengthens it by a day at the least: two reports of one day need no two blocks.
 * @returns nothing when the block stays as it is
 */
export function blockByReport(standing: UserBlock | undefined, wanted: UserBlock): BlockChange | undefined {
  if (standing === undefined) return { begin: wanted };
  if (lastOf(standing) + DAY_MS > lastOf(wanted)) return undefined;
  return replace(standing, wanted);
}

/** An operator's word counts as it is, also when it shortens a block. */
export function blockByOperator(standing: UserBlock | undefined, wanted: UserBlock): BlockChange {
  return standing === undefined ? { begin: wanted } : replace(standing, wanted);
}

function replace(standing: UserBlock, wanted: UserBlock): BlockChange {
  // A block that had run out when its place was taken ended then, by itself.
  const end: BlockEnd = hasRunOut(standing, wanted.fromMs)
    ? endByTime(standing)
    : { atMs: wanted.fromMs, by: wanted.by, reason: "another block took its place" };
  return { end, begin: wanted };
}

export function endByTime(block: UserBlock): BlockEnd {
  return { atMs: block.untilMs, by: { kind: "time" }, reason: "its time was over" };
}

const lastOf = ({ untilMs }: UserBlock): number => (untilMs === NEVER ? Number.POSITIVE_INFINITY : untilMs);
