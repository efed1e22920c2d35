import { type CustomTransportStrategy, type MessageHandler, Server } from "@nestjs/microservices";
import { isObservable, lastValueFrom } from "rxjs";
import { EVENTS, type HandlerExtras } from "./on-event.js";

export type Subscription = HandlerExtras & { readonly handle: (payload: unknown) => Promise<void> };

/**
 * What both transports share: Nest hands in the controllers' methods, each becomes a subscription of its own. (Nest would
 * chain several handlers of one topic into one call; here they are different services in one process, and one that
 * fails must not hold up the others.)
 */
export abstract class EventServer extends Server implements CustomTransportStrategy {
  override readonly transportId = EVENTS;
  /** Errors of handlers are ours to deal with; Nest must not report them on its own. */
  override readonly propagatesEventHandlerErrors = true;
  readonly subscriptions = new Map<string, Subscription[]>();

  override addHandler(pattern: string, callback: MessageHandler, _isEvent?: boolean, extras?: object): void {
    const handler = extras && "handler" in extras ? (extras.handler as HandlerExtras) : undefined;
    if (handler === undefined) throw new Error(`The handler of ${pattern} is not declared with OnEvent or OnState.`);
    const subscription = { ...handler, handle: (payload: unknown) => settled(callback(payload)) };
    const others = this.subscriptions.get(pattern);
    if (others) others.push(subscription);
    else this.subscriptions.set(pattern, [subscription]);
  }

  abstract override listen(callback: (error?: unknown) => void): void;
  abstract override close(): Promise<void>;

  override on(): never {
    throw new Error("This transport has no events of its own to listen to.");
  }

  override unwrap<T>(): T {
    throw new Error("This transport has no native server.");
  }
}

/** With filters or interceptors Nest answers with an Observable, which does nothing until somebody subscribes. */
async function settled(result: ReturnType<MessageHandler>): Promise<void> {
  const value: unknown = await result;
  if (isObservable(value)) await lastValueFrom(value, { defaultValue: undefined });
}
