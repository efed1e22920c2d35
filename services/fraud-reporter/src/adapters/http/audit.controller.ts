import { BadRequestException, Controller, Get, Inject, Query, UseGuards } from "@nestjs/common";
import { ApiKeyGuard } from "@portcullis/kit";
import { z } from "zod";
import { type AuditReport, VerifyAudit } from "../../application/verify-audit.js";

const Witness = z
  .string()
  .regex(/^[1-9][0-9]{0,14}:[0-9a-f]{64}$/)
  .transform((text) => {
    const [sequence = "", mac = ""] = text.split(":");
    return { sequence: Number(sequence), mac };
  });

@Controller("internal/audit")
@UseGuards(ApiKeyGuard)
export class AuditController {
  readonly #verifyAudit: VerifyAudit;

  constructor(@Inject(VerifyAudit) verifyAudit: VerifyAudit) {
    this.#verifyAudit = verifyAudit;
  }

  /** Recomputes the chain. `head`: an end exported earlier, `SEQUENCE:MAC`. */
  @Get("verify")
  verify(@Query("head") head?: string): Promise<AuditReport> {
    if (head === undefined) return this.#verifyAudit.execute();
    const witness = Witness.safeParse(head);
    if (!witness.success) throw new BadRequestException("head must be SEQUENCE:MAC, as the event audit.head logs it.");
    return this.#verifyAudit.execute(witness.data);
  }
}
