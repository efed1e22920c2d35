import { chmod, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { describe, expect, test } from "vitest";
import { loaded, shown, writeFiles } from "../../test/files.js";
import { type Configuration, checkUsers, mergeUsers } from "../index.js";

const SEED = "JBSWY3DPEHPK3PXP";
const YAML = `users: [ { name: Yara, tokens: [ { serial: Y1, secret: ${SEED} } ] } ]\nusersFile: users.csv`;
const BEFORE = `serial,secret,name\nT1,${SEED},Ann\nT2,${SEED},bob\n`;

const configured = (csv = BEFORE) => loaded(YAML, { files: { "users.csv": csv } });
const textOf = ({ usersFile = "" }: Configuration) => readFile(usersFile, "utf8");

async function merge(configuration: Configuration, csv: string, change: { replace?: boolean; dryRun?: boolean } = {}) {
  const folder = await writeFiles({ "new.csv": csv });
  const merged = await mergeUsers(configuration, `${folder}/new.csv`, { replace: false, dryRun: false, ...change });
  if (!merged.ok) return shown(merged.failure);
  return { ...merged.value, refused: shown(merged.value.refused) };
}

describe("mergeUsers", () => {
  test("adds users behind those that are there, with the columns that they need, and the file is right again", async () => {
    const configuration = await configured();
    const merged = await merge(configuration, 'name,phone,password\ncarl,+49 30 901820,"a, ""b"""\ndora,,\n');
    expect(merged).toEqual({ rows: 2, added: 2, replaced: 0, refused: [] });
    expect(await textOf(configuration)).toBe(
      `serial,secret,name,password,phone\nT1,${SEED},Ann,,\nT2,${SEED},bob,,\n,,carl,"a, ""b""",+49 30 901820\n,,dora,,\n`,
    );
    expect(await checkUsers(configuration)).toEqual({ ok: true, value: { users: 5, tokens: 3 } });
  });

  test("leaves out what is wrong or there already, says where, and takes the rest", async () => {
    const configuration = await configured();
    const csv = `name,phone,serial,secret\nyara,,,\nANN,,,\ncarl,030,,\ndora,,T2,${SEED}\nemma,,Y1,${SEED}\nemma,,,\nfred,,T9,${SEED}\n`;
    expect(await merge(configuration, csv)).toEqual({
      rows: 7,
      added: 1,
      replaced: 0,
      refused: [
        "new.csv:2 name: is a user of the YAML file: change her there",
        "new.csv:3 name: is there already: replace her with --replace",
        "new.csv:4:2 phone: must be a number in international form: + and the country code first",
        "new.csv:5 serial: is the serial of another user's token",
        "new.csv:6 serial: is the serial of another user's token",
        "new.csv:7:1 name: signs in under the same name as the user on line 6",
      ],
    });
    expect(await checkUsers(configuration)).toMatchObject({ ok: true, value: { users: 4 } });
  });

  test("replaces users where told to, in their place, and their old serial is free", async () => {
    const configuration = await configured();
    const merged = await merge(configuration, `name,serial,secret\nbob@corp,T3,${SEED}\ncarl,T2,${SEED}\n`, {
      replace: true,
    });
    expect(merged).toEqual({ rows: 2, added: 1, replaced: 1, refused: [] });
    expect(await textOf(configuration)).toBe(
      `serial,secret,name\nT1,${SEED},Ann\nT3,${SEED},bob@corp\nT2,${SEED},carl\n`,
    );
  });

  test("a dry run says the same and writes nothing; what changes nothing writes nothing", async () => {
    const configuration = await configured();
    const before = await stat(configuration.usersFile ?? "");
    expect(await merge(configuration, "name\ncarl\nbob\n", { dryRun: true })).toMatchObject({
      added: 1,
      refused: { length: 1 },
    });
    expect(await merge(configuration, "name\nbob\n")).toMatchObject({ added: 0, refused: { length: 1 } });
    expect((await stat(configuration.usersFile ?? "")).ino).toBe(before.ino);
    expect(await textOf(configuration)).toBe(BEFORE);
  });

  test("keeps the mode of the file, makes one that is not there for its owner only, and leaves nothing beside it", async () => {
    const configuration = await configured();
    const path = configuration.usersFile ?? "";
    await chmod(path, 0o640);
    await merge(configuration, "name\ncarl\n");
    expect((await stat(path)).mode & 0o777).toBe(0o640);
    const fresh = await loaded(YAML);
    expect(await merge(fresh, "name\ncarl\n")).toMatchObject({ added: 1 });
    expect((await stat(fresh.usersFile ?? "")).mode & 0o777).toBe(0o600);
    expect(await readdir(dirname(fresh.usersFile ?? ""))).toEqual(["portcullis.yaml", "users.csv"]);
  });

  test("takes nothing while the users' file is wrong, or where the configuration has none", async () => {
    const configuration = await configured("name,colour\na,b\n");
    expect(await merge(configuration, "name\ncarl\n")).toEqual([
      expect.stringContaining("users.csv:1:2: unknown column"),
    ]);
    expect(await merge(await loaded("users: []"), "name\ncarl\n")).toEqual([
      expect.stringContaining("has no usersFile"),
    ]);
    await writeFile(configuration.usersFile ?? "", BEFORE);
    expect(await merge(configuration, "nam\ncarl\n")).toMatchObject({ added: 0, refused: { length: 1 } });
  });
});
