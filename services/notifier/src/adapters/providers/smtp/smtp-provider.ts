import type { SmtpSettings } from "@portcullis/configuration";
import MailComposer from "nodemailer/lib/mail-composer";
import SMTPConnection from "nodemailer/lib/smtp-connection";
import type { Provider, QueuedMail } from "../../../application/ports.js";
import type { Handed, Kind } from "../../../domain/delivery.js";

const LIMITS = { connectionTimeout: 4_000, greetingTimeout: 4_000, socketTimeout: 8_000, dnsTimeout: 4_000 };

/** Of an error of the connection; its message repeats addresses, so only these are told. */
interface SmtpError {
  readonly code?: string | undefined;
  /** What the server answered, when it did. */
  readonly responseCode?: number | undefined;
}

/**
 * Mail by SMTP, one connection for each. The steps are taken one by one: a connection that breaks before the message is
 * offered has surely sent nothing, one that breaks later may have.
 */
export class SmtpProvider implements Provider {
  readonly name: string;
  readonly does: ReadonlySet<Kind>;
  readonly #settings: SmtpSettings;

  constructor(settings: SmtpSettings) {
    this.name = settings.name;
    this.does = new Set(settings.does);
    this.#settings = settings;
  }

  async mail({ mailId, recipients, subject, body }: QueuedMail): Promise<Handed> {
    const { from, host, port, security, user, password } = this.#settings;
    // The same id each time: a mail program shows two of them as one.
    const messageId = `<${mailId}@portcullis.invalid>`;
    const composed = new MailComposer({ from, to: [...recipients], subject, text: body, messageId }).compile();
    const message = await composed.build();
    const connection = new SMTPConnection({
      host,
      port,
      ...LIMITS,
      secure: security === "tls",
      requireTLS: security === "starttls",
      ignoreTLS: security === "none",
    });
    const step = stepsOf(connection);
    try {
      const refused = await step((done) => connection.connect(done));
      if (refused !== undefined) return { kind: "refused", why: `connect: ${codesOf(refused)}` };
      if (user !== undefined && password !== undefined) {
        const unknown = await step((done) => connection.login({ credentials: { user, pass: password } }, done));
        if (unknown !== undefined) return { kind: "refused", why: `sign in: ${codesOf(unknown)}` };
      }
      const failed = await step((done) => connection.send(composed.getEnvelope(), message, done));
      if (failed !== undefined) return unsentOf(failed);
      connection.quit();
      return { kind: "taken", reference: messageId };
    } finally {
      connection.close();
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

type Step = (take: (done: (error?: SmtpError | null) => void) => void) => Promise<SmtpError | undefined>;

/** Takes steps of a connection, which tells some of its trouble by an event only. A step gives undefined when it was taken. */
function stepsOf(connection: SMTPConnection): Step {
  let settle: (error: SmtpError | undefined) => void = () => undefined;
  connection.on("error", (error: SmtpError) => settle(error));
  connection.on("end", () => settle({ code: "ECONNECTION" }));
  return (take) =>
    new Promise((resolve) => {
      settle = resolve;
      take((error) => resolve(error ?? undefined));
    });
}

function unsentOf(error: SmtpError): Handed {
  const why = codesOf(error);
  if (error.responseCode === undefined) return { kind: "unknown", why };
  const nobodyThere = error.code === "EENVELOPE" && error.responseCode >= 500;
  return { kind: nobodyThere ? "unreachable" : "refused", why };
}

function codesOf({ code, responseCode }: SmtpError): string {
  return `${code ?? "error"}, response ${responseCode ?? "none"}`;
}
