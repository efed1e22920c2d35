import { ConnectedSocket, type ReplyWaiter } from "./connected-socket.js";
import { MAX_SOCKETS_PER_SERVER } from "./target-options.js";

/** One Identifier of one socket. */
export interface Place {
  readonly identifier: number;
  send(octets: Uint8Array): void;
  giveBack(): void;
}

/** The sockets of one server: one more is opened when all Identifiers of the others are taken. */
export class SocketPool {
  readonly #open: () => ConnectedSocket;
  #sockets: ConnectedSocket[] = [];

  constructor(server: { readonly address: string; readonly port: number }, nobodyWaits: () => void) {
    this.#open = () => new ConnectedSocket(server, nobodyWaits);
  }

  /** @returns undefined when all sockets are full */
  take(waiter: ReplyWaiter): Place | undefined {
    const socket = this.#sockets.find(({ usable }) => usable) ?? this.#another();
    if (socket === undefined) return undefined;
    const identifier = socket.take(waiter);
    return {
      identifier,
      send: (octets) => socket.send(octets),
      giveBack: () => socket.giveBack(identifier),
    };
  }

  /**
   * From now on requests leave from new sockets; those under way keep theirs. A socket is bound to the local address and the
   * server's address that were right when it was opened.
   */
  renew(): void {
    for (const socket of this.#sockets) socket.retire();
    this.#sockets = [];
  }

  #another(): ConnectedSocket | undefined {
    this.#sockets = this.#sockets.filter(({ retired }) => !retired);
    if (this.#sockets.length >= MAX_SOCKETS_PER_SERVER) return undefined;
    const socket = this.#open();
    this.#sockets.push(socket);
    return socket;
  }
}
