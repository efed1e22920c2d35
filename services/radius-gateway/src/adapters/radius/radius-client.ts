import type { SharedSecret } from "@portcullis/radius";
import type { ClientRules } from "../../domain/access-request.js";
import type { IpPrefix } from "../../domain/prefix-table.js";

/** A RADIUS client (the NAS) as the gateway needs it. */
export interface RadiusClient extends ClientRules {
  /** Grows with each change of the configuration. */
  readonly generation: bigint;
  /** As the configuration has them, for people. */
  readonly addresses: readonly string[];
  /** Shown to people. */
  readonly application: string;
  /** Who checks the first factor, for people: authn-primary decides. */
  readonly target: string;
  readonly prefixes: readonly IpPrefix[];
  /** The newest first. Empty when none could be read: then nothing of this client is taken, nor by another in its place. */
  readonly secrets: readonly SharedSecret[];
  readonly requireMessageAuthenticator: boolean;
  readonly limitProxyState: boolean;
  /** What becomes of its Accounting-Requests; undefined: they get no answer. */
  readonly accounting?: "record" | "forward";
  /** The most that this gateway takes from it. */
  readonly maxRequestsPerSecond: number;
  /** The certificates that are this client over TLS, as `certificate-names.ts` writes them; none: it has no TLS. */
  readonly certificates?: readonly string[];
}
