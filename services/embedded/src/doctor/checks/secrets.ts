import type { ClientEntry, RadiusTargetEntry } from "@portcullis/configuration";
import type { Check, Finding } from "../check.js";
import { radiusTargetsOf } from "../radius-targets.js";
import { type SecretWeakness, weaknessOf } from "../secret-strength.js";
import { listOf } from "../words.js";

/** A shared secret and who has it. Only the owner's name is ever shown. */
interface OwnedSecret {
  readonly owner: string;
  readonly text: string;
}

const NEW_SECRET =
  "Make a new one with openssl rand -base64 24, and put it into both sides; a client may have the old and the new one (secrets) while you do.";
const WEAKNESSES: Readonly<Record<SecretWeakness, Finding>> = {
  "well-known": {
    level: "error",
    what: "a shared secret that everyone knows from examples and manuals",
    why: "Whoever can send packets can be this client, and read the passwords of a captured login.",
  },
  short: {
    level: "warning",
    what: "a shared secret of fewer than 16 characters",
    why: "It can be found offline from one captured packet.",
  },
  "few-characters": {
    level: "warning",
    what: "a shared secret of only a few different characters",
    why: "It is among the first that a search tries.",
  },
  "made-of-words": {
    level: "warning",
    what: "a shared secret made of words and numbers that a search tries first",
    why: "Length does not help when the parts can be guessed.",
  },
};

/** The strength of shared secrets. They are looked at here and leave nothing but their owners' names. */
export const secretsCheck: Check = {
  name: "secrets",
  run: async ({ loaded }) => {
    if (!loaded.ok) return [];
    const { clients, targets } = loaded.value;
    const secrets = [...clients.flatMap(secretsOfClient), ...radiusTargetsOf(targets).flatMap(secretsOfTarget)];
    const found = [...weakSecrets(secrets), ...sharedSecrets(secrets)];
    if (found.length > 0 || secrets.length === 0) return found;
    return [{ level: "ok", what: "The shared secrets are long, and each has one owner." }];
  },
};

function secretsOfClient({ name, secrets }: ClientEntry): OwnedSecret[] {
  return secrets.map((secret) => ({ owner: name, text: secret.reveal() }));
}

function secretsOfTarget({ name, servers }: RadiusTargetEntry): OwnedSecret[] {
  // The servers of one target are one service: they may have one secret.
  const texts = new Set(servers.map(({ secret }) => secret.reveal()));
  return [...texts].map((text) => ({ owner: `target ${name}`, text }));
}

function weakSecrets(secrets: readonly OwnedSecret[]): Finding[] {
  const byWeakness = Map.groupBy(secrets, ({ owner, text }) => weaknessOf(text, owner));
  return (Object.keys(WEAKNESSES) as SecretWeakness[]).flatMap((weakness) => {
    const owners = ownersOf(byWeakness.get(weakness) ?? []);
    const { what, ...rest } = WEAKNESSES[weakness];
    const verb = owners.length === 1 ? "has" : "each have";
    return owners.length === 0 ? [] : [{ ...rest, what: `${listOf(owners)} ${verb} ${what}.`, todo: NEW_SECRET }];
  });
}

function sharedSecrets(secrets: readonly OwnedSecret[]): Finding[] {
  const groups = [...Map.groupBy(secrets, ({ text }) => text).values()].map(ownersOf);
  return groups
    .filter((owners) => owners.length > 1)
    .map((owners) => ({
      level: "warning",
      what: `${listOf(owners)} have the same shared secret.`,
      why: "Whoever learns it from one of them can be all of them.",
      todo: "Give each its own.",
    }));
}

const ownersOf = (secrets: readonly OwnedSecret[]): string[] => [...new Set(secrets.map(({ owner }) => owner))];
