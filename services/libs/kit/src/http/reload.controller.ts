import { Controller, HttpCode, Inject, Post, UseGuards } from "@nestjs/common";
import { DiscoveryService } from "@nestjs/core";
import { ImportOnStart, type ImportReport } from "../import-on-start.js";
import { ApiKeyGuard } from "./api-key.guard.js";

/** Tells every importer of this process to import again. Each looks by itself as well; this is for whoever won't wait. */
@Controller("internal/reload")
@UseGuards(ApiKeyGuard)
export class ReloadController {
  readonly #discovery: DiscoveryService;

  constructor(@Inject(DiscoveryService) discovery: DiscoveryService) {
    this.#discovery = discovery;
  }

  /** One report for each importer, in no order; none where this process imports nothing. */
  @Post()
  @HttpCode(200)
  reload(): Promise<readonly ImportReport[]> {
    const providers = this.#discovery.getProviders().map(({ instance }): unknown => instance);
    const importers = providers.filter((provider) => provider instanceof ImportOnStart);
    return Promise.all(importers.map((importer) => importer.again()));
  }
}
