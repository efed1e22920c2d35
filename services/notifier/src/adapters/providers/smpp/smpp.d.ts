/** What we use of the package, which has no types of its own. */
declare module "smpp" {
  import type { EventEmitter } from "node:events";

  export interface Pdu {
    readonly command: string;
    readonly command_status: number;
    readonly sequence_number: number;
    readonly message_id?: string;
    readonly esm_class?: number;
    readonly data_coding?: number;
    readonly source_addr?: string;
    readonly source_addr_ton?: number;
    readonly destination_addr?: string;
    readonly system_id?: string;
    readonly password?: string;
    readonly validity_period?: Date;
    readonly registered_delivery?: number;
    readonly short_message?: { readonly message: string | Buffer; readonly udh?: readonly Buffer[] };
    readonly message_payload?: { readonly message: string | Buffer };
    readonly receipted_message_id?: string;
    readonly message_state?: number;
    response(fields?: Readonly<Record<string, unknown>>): Pdu;
  }

  type Fields = Readonly<Record<string, unknown>>;
  type Answered = (answer: Pdu) => void;

  export class Session extends EventEmitter {
    /** @returns false when the socket takes nothing any more */
    send(pdu: Pdu, answered?: Answered): boolean;
    bind_transceiver(fields: Fields, answered: Answered): boolean;
    submit_sm(fields: Fields, answered: Answered): boolean;
    deliver_sm(fields: Fields, answered: Answered): boolean;
    enquire_link(answered: Answered): boolean;
    unbind(answered: Answered): boolean;
    close(): void;
    destroy(): void;
  }

  export interface Server extends EventEmitter {
    listen(port: number, host: string, listening: () => void): Server;
    address(): { readonly port: number };
    close(closed?: () => void): void;
    readonly sessions: readonly Session[];
  }

  interface Smpp {
    connect(options: {
      readonly host: string;
      readonly port: number;
      readonly tls?: boolean;
      readonly servername?: string;
      readonly rejectUnauthorized?: boolean;
    }): Session;
    createServer(options: object, onSession: (session: Session) => void): Server;
    readonly encodings: Readonly<
      Record<"ASCII" | "UCS2" | "LATIN1", { encode(text: string): Buffer; decode(bytes: Buffer): string }>
    >;
  }
  const smpp: Smpp;
  export default smpp;
}
