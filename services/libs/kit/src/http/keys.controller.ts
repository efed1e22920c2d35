import { Controller, Get, HttpCode, Inject, Post, UseGuards } from "@nestjs/common";
import { DiscoveryService } from "@nestjs/core";
import { LOG } from "../platform.js";
import { fingerprintOf } from "../sealing/key-ring.js";
import { KeyRingWatch } from "../sealing/key-ring-watch.js";
import { ResealRun, type ResealStatus } from "../sealing/reseal-run.js";
import { Resealer } from "../sealing/resealer.js";
import type { Log } from "../telemetry/log.js";
import { ApiKeyGuard } from "./api-key.guard.js";

/** What this process opens and seals with; no key. */
export interface KeysReport {
  readonly active: number;
  /** By id, the fingerprint of each key that opens. */
  readonly keys: Readonly<Record<string, string>>;
  /** Why the key file as it is now was not taken over. */
  readonly trouble: string | null;
  /** What this process keeps sealed: columns of its tables, topics whose states are its own. */
  readonly covers: readonly string[];
}

export interface KeyUse {
  readonly what: string;
  readonly key: number;
  readonly count: number;
}

/** The key ring of this process, and what is sealed under it, for `portcullis keys`. */
@Controller("internal/keys")
@UseGuards(ApiKeyGuard)
export class KeysController {
  readonly #discovery: DiscoveryService;
  readonly #watch: KeyRingWatch;
  readonly #run: ResealRun;

  constructor(
    @Inject(DiscoveryService) discovery: DiscoveryService,
    @Inject(KeyRingWatch) watch: KeyRingWatch,
    @Inject(LOG) log: Log,
  ) {
    this.#discovery = discovery;
    this.#watch = watch;
    this.#run = new ResealRun(log);
  }

  onModuleDestroy(): void {
    this.#run.stop();
  }

  /** The file is read for this: whoever changed it a moment ago hears of the new ring. */
  @Get()
  async keys(): Promise<KeysReport> {
    await this.#watch.look();
    const { active, sealing } = this.#watch.ring;
    const keys = Object.fromEntries([...sealing].map(([id, key]) => [id, fingerprintOf(key)]));
    return {
      active,
      keys,
      trouble: this.#watch.trouble ?? null,
      covers: this.#resealers().flatMap(({ covers }) => covers),
    };
  }

  /** Begins, or says how far the run is that is under way. */
  @Post("reseal")
  @HttpCode(200)
  async reseal(): Promise<ResealStatus> {
    await this.#watch.look();
    this.#run.begin(this.#resealers());
    return this.#run.status();
  }

  @Get("reseal")
  status(): ResealStatus {
    return this.#run.status();
  }

  /** What stands under which key: rows of tables, fields of states. */
  @Get("uses")
  async uses(): Promise<readonly KeyUse[]> {
    const all: KeyUse[] = [];
    for (const resealer of this.#resealers()) {
      for (const [key, count] of await resealer.uses()) all.push({ what: resealer.what, key, count });
    }
    return all;
  }

  #resealers(): Resealer[] {
    const providers = this.#discovery.getProviders().map(({ instance }): unknown => instance);
    return [...new Set(providers.filter((provider) => provider instanceof Resealer))];
  }
}
