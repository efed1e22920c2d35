import { eventually } from "@portcullis/testkit";
import type { MobileUnderTest } from "./mobile-under-test.js";

/** What the parts of the contract need: one replica, and another one where the stores are shared. */
export interface MobileWorld {
  readonly one: MobileUnderTest;
  /** The same as `one` where there is only one. */
  readonly other: MobileUnderTest;
  close(): Promise<void>;
}

export type World = () => MobileWorld;

/** Waits until something holds that events bring about. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  await eventually(holds, { what: "what was published has its effect" });
}
