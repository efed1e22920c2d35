import { access, glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { RESULT_CODES } from "@portcullis/login";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { loaded, type Surroundings } from "../test/files.js";
import { checkUsers } from "./index.js";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
/** 32 characters that are a shared secret, a password and a token's seed alike. */
const SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
const HASH = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI";
/** What fits at keys where that does not. */
const VALUES: Readonly<Record<string, string>> = {
  passwordHash: HASH,
  pin: "2580",
  privateKey: "Ofu_qeBgS_LrOPWoyb_1-m4bO2AwDTBW5fKnRqsqcsw",
};
/** What the examples use of FreeRADIUS' dictionaries. */
const DICTIONARIES: Readonly<Record<string, string>> = {
  "dictionary.fortinet": "VENDOR Fortinet 12356\nATTRIBUTE Fortinet-Group-Name 1 string Fortinet",
  "dictionary.cisco.asa": "VENDOR Cisco-ASA 3076\nATTRIBUTE ASA-Group-Policy 25 string Cisco-ASA",
};

interface Page {
  readonly path: string;
  readonly text: string;
}

async function textsOf(pattern: string): Promise<Page[]> {
  const paths: string[] = [];
  for await (const path of glob(pattern, { cwd: ROOT })) paths.push(path);
  return Promise.all(paths.toSorted().map(async (path) => ({ path, text: await readFile(join(ROOT, path), "utf8") })));
}

const pages = await textsOf("docs/{clients,operating}/*.md");
const blocks = pages.flatMap(({ path, text }) =>
  [...text.matchAll(/^```yaml\n(.*?)^```$/gms)].map(({ 1: yaml = "", index }) => ({
    place: `${path}:${text.slice(0, index).split("\n").length}`,
    yaml,
  })),
);

/** Alert rules of Prometheus are YAML too: a list of them, or a file with groups. */
function isAlerts(content: unknown): boolean {
  return Array.isArray(content) || (typeof content === "object" && content !== null && "groups" in content);
}

/** The files and variables that an example names, with what fits there. */
function surroundingsOf(yaml: string): Surroundings {
  const named = [...yaml.matchAll(/([\w:-]+): \{ (fromFile|fromEnv): ([^ }]+) \}/g)];
  const of = (kind: string) =>
    named.filter((match) => match[2] === kind).map(({ 1: key = "", 3: name = "" }) => [name, VALUES[key] ?? SECRET]);
  return { files: { ...DICTIONARIES, ...Object.fromEntries(of("fromFile")) }, env: Object.fromEntries(of("fromEnv")) };
}

/** All distinct matches in the pages, each with the page it was first found in. */
function named(pattern: RegExp): [name: string, page: string][] {
  const found = new Map<string, string>();
  for (const { path, text } of pages) {
    for (const [whole, name = whole] of text.matchAll(pattern)) if (!found.has(name)) found.set(name, path);
  }
  return [...found];
}

const userFiles = pages.flatMap(({ path, text }) =>
  [...text.matchAll(/^```csv\n(.*?)^```$/gms)].map(({ 1: csv = "" }) => ({ path, csv })),
);

describe("examples for operators", () => {
  it.each(userFiles)("of users are right: $path", async ({ csv }) => {
    const configuration = await loaded("usersFile: users.csv", { files: { "users.csv": csv } });
    expect(await checkUsers(configuration)).toMatchObject({ ok: true });
  });

  it.each(blocks.filter(({ yaml }) => !isAlerts(parse(yaml))))("load: $place", async ({ place, yaml }) => {
    const configuration = await loaded(yaml, surroundingsOf(yaml));
    // A page for operators may show one section of the file alone.
    const hasClients = place.startsWith("docs/clients/") || /^clients:/m.test(yaml);
    expect(configuration.clients.length > 0).toBe(hasClients);
    const rules = configuration.clients.flatMap(({ replyAttributes }) => replyAttributes);
    expect(rules.length).toBe(yaml.match(/^ +- (groups|attributes):/gm)?.length ?? 0);
  });

  it("are on every client's page, its index included", () => {
    const withExamples = new Set(blocks.map(({ place }) => place.replace(/:\d+$/, "")));
    const clients = pages.map(({ path }) => path).filter((path) => path.startsWith("docs/clients/"));
    expect(clients.length).toBeGreaterThan(10);
    expect(clients.filter((path) => !withExamples.has(path))).toEqual([]);
  });
});

describe("pages for operators name only what there is", async () => {
  const sources = (await textsOf("{proto,services}/**/src/**/*.ts")).map(({ text }) => text).join("\n");
  const metrics = new Set([...sources.matchAll(/name: "(portcullis_\w+)"/g)].map(([, name = ""]) => name));
  const reference = await readFile(join(ROOT, "docs/reference/config.md"), "utf8");

  it.each(named(/portcullis_\w+/g))("metric %s (%s)", (name) => {
    expect(metrics.has(name) || metrics.has(name.replace(/_(bucket|sum|count)$/, ""))).toBe(true);
  });

  it("and all metrics that there are", () => {
    const page = pages.find(({ path }) => path === "docs/operating/monitoring.md");
    expect([...metrics].filter((name) => !page?.text.includes(name))).toEqual([]);
  });

  it.each(named(/\b(?:SUCCESS|FAILED)_[A-Z][A-Z_]+\b/g))("result code %s (%s)", (name) => {
    expect(Object.hasOwn(RESULT_CODES, name)).toBe(true);
  });

  it.each(named(/`((?:event|front_end|login|radius|service|store|target)\.[a-z_]+)`/g))("event %s (%s)", (name) => {
    expect(sources.includes(`"${name}"`) || reference.includes(`### ${name}`)).toBe(true);
  });
});

describe("links in pages lead somewhere", async () => {
  const everywhere = [...(await textsOf("docs/**/*.md")), ...(await textsOf("README.md"))];
  const links = everywhere.flatMap(({ path, text }) =>
    [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(({ 1: to = "" }) => [path, to] as const),
  );

  it.each(links)("%s: %s", async (path, to) => {
    await expect(access(join(ROOT, path, "..", to))).resolves.toBeUndefined();
  });
});
