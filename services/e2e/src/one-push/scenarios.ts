import { type Attribute, AttributeType, type ExchangeResult, textAttribute } from "@portcullis/radius";
import { sleepMs } from "@portcullis/testkit";
import { type Nas, outcomeOf } from "../harness/nas.js";
import { rdGateway } from "../targets/attributes.js";
import { PASSWORD } from "./one-push-configuration.js";

/** RADIUS clients behind bad networks, each before both gateways. */
export interface Clients {
  /** By the NPS' address, then by the gateway. */
  readonly nps: readonly (readonly [Nas, Nas])[];
  readonly vpn: readonly [Nas, Nas];
}

export interface Scenario {
  readonly name: string;
  /** Logs a user in; whether she is in. */
  readonly run: (clients: Clients, user: string) => Promise<boolean>;
}

/** NPS gives a request up after 3 s and sends another one, five times. */
const NPS = { intervalMs: 1_500, tries: 2 } as const;
const NPS_TIMES = 8;
/** openvpn-auth-radius and pam_radius: the same packet for a while, then to the next server. */
const FAILS_OVER = { intervalMs: 1_000, tries: 3 } as const;
/** An ASA waits 12 s for the reply to a request that it repeats, and begins again; here all is four times as fast. */
const ASA = { intervalMs: 750, tries: 4 } as const;
const BETWEEN_MAC_REQUESTS_MS = 40;

function fromMachine(nas: Nas, user: string): Promise<ExchangeResult> {
  return nas.raw({ userName: `CORP\\${user}`, attributes: rdGateway(`PC-${user}`) });
}

const fromStation = (user: string): readonly Attribute[] =>
  textAttribute(AttributeType.CallingStationId, `192.0.2.1 ${user}`);

/** Asks until there is an answer; each time with a new packet. */
async function askAgain(ask: () => Promise<ExchangeResult>, times: number): Promise<boolean> {
  for (let time = 0; time < times; time++) {
    const result = await ask();
    if (outcomeOf(result) === "accept") return true;
    if (outcomeOf(result) === "reject") return false;
  }
  return false;
}

/** What clients do that could make a second push of one login. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: "an NPS that gives requests up after 3 s",
    run: ({ nps: [first] }, user) => {
      const [nas] = first ?? [];
      return nas === undefined ? Promise.resolve(false) : askAgain(() => fromMachine(nas.with(NPS), user), NPS_TIMES);
    },
  },
  {
    name: "an NPS pair that sends one login to both gateways",
    run: async ({ nps }, user) => {
      const all = nps.map(([one, other], at) => (at === 0 ? one : other));
      const asked = all.map((nas) => askAgain(() => fromMachine(nas.with(NPS), user), NPS_TIMES));
      return (await Promise.all(asked)).every(Boolean);
    },
  },
  {
    name: "an RD broker that redirects within the reconnect window",
    run: async ({ nps: [first, second] }, user) => {
      const [one, other] = [first?.[0], second?.[1]];
      if (one === undefined || other === undefined) return false;
      const isFirstIn = await askAgain(() => fromMachine(one.with(NPS), user), NPS_TIMES);
      return isFirstIn && askAgain(() => fromMachine(other.with(NPS), user), NPS_TIMES);
    },
  },
  {
    name: "a macOS client that asks twice",
    run: async ({ nps: [first, second] }, user) => {
      const [one, other] = [first?.[0], second?.[0]];
      if (one === undefined || other === undefined) return false;
      const asked = askAgain(() => fromMachine(one.with(NPS), user), NPS_TIMES);
      await sleepMs(BETWEEN_MAC_REQUESTS_MS);
      const again = askAgain(() => fromMachine(other.with(NPS), user), NPS_TIMES);
      return (await Promise.all([asked, again])).every(Boolean);
    },
  },
  {
    name: "an ASA that begins again after its time",
    run: ({ vpn: [nas] }, user) => askAgain(() => nas.with(ASA).password(user, PASSWORD, fromStation(user)), NPS_TIMES),
  },
  {
    name: "an OpenVPN plugin that fails over with the same packet",
    run: async ({ vpn }, user) => {
      const octets = vpn[0].build(user, PASSWORD, fromStation(user));
      let turn = 0;
      return askAgain(() => (vpn[turn++ % 2] ?? vpn[0]).with(FAILS_OVER).send(octets), NPS_TIMES);
    },
  },
];
