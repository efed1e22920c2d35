import { Controller, Inject } from "@nestjs/common";
import { OnEvent } from "@portcullis/kit";
import { type FraudReported, FraudReportedSchema } from "@portcullis/proto";
import { RecordReport } from "../../application/record-report.js";
import { reportOf } from "./report-message.js";

@Controller()
export class FraudReportedController {
  readonly #recordReport: RecordReport;

  constructor(@Inject(RecordReport) recordReport: RecordReport) {
    this.#recordReport = recordReport;
  }

  /** No deadline: a report waits for its database as long as it takes. */
  @OnEvent(FraudReportedSchema)
  onFraudReported(event: FraudReported): Promise<void> {
    return this.#recordReport.execute(reportOf(event));
  }
}
