import type { KeyRing, TracingOptions } from "@portcullis/kit";
import type { ListenAddress } from "@portcullis/radius-gateway";

/** What a thread is started with. */
export interface ThreadSetup {
  readonly listen: readonly ListenAddress[];
  readonly maxRequestsPerSecond: number | undefined;
  readonly drainGraceMs: number;
  readonly keyRing: KeyRing;
  readonly tracing: TracingOptions;
  /** One number, shared: how late the thread that decides logins comes to its work, in milliseconds. */
  readonly ownerLateness: Float64Array;
}

/** How the start of a thread ended. */
export type ThreadStart =
  /** As the system gave them, in the order of `listen`. */
  { readonly addresses: readonly string[] } | { readonly failure: string; readonly code: string };
