import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Inject } from "@nestjs/common";
import { isUnavailable, LOG, type Log } from "@portcullis/kit";
import { errorOf } from "./call.js";

interface Reply {
  status(code: number): Reply;
  header(name: string, value: string): Reply;
  send(body: object): unknown;
}

const RETRY_AFTER_SECONDS = "2";

/** What went wrong, in one shape for all calls of devices; nothing of our own errors gets out. */
@Catch()
export class DeviceErrorFilter implements ExceptionFilter {
  constructor(@Inject(LOG) private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<Reply>();
    if (error instanceof HttpException) {
      const body = error.getResponse();
      reply.status(error.getStatus()).send(typeof body === "string" ? errorOf("refused", body) : body);
    } else if (isUnavailable(error)) {
      this.log.warn("device.call_waits_for_store", { error });
      const again = reply.status(503).header("retry-after", RETRY_AFTER_SECONDS);
      again.send(errorOf("unavailable", "Not now: try again in a moment."));
    } else {
      this.log.error("device.call_failed", { error });
      reply.status(500).send(errorOf("failed", "That went wrong on this side."));
    }
  }
}
