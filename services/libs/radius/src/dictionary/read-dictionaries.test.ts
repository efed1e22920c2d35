import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { Dictionary } from "./dictionary.js";

async function folderOf(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "portcullis-dictionary-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

/** What is wrong, as `file:line message`, the folder left out. */
async function errorsOf(files: Readonly<Record<string, string | Uint8Array>>, first = "d"): Promise<string[]> {
  const loaded = await Dictionary.load([join(await folderOf(files), first)]);
  if (loaded instanceof Dictionary) return [];
  return loaded.errors.map(({ file, line, message }) => `${file.replace(/^.*\//, "")}:${line ?? ""} ${message}`);
}

const VENDOR = "VENDOR Acme 32473\nBEGIN-VENDOR Acme\n";

describe("a vendor's file", () => {
  it("may have comments, tabs, CRLF, hexadecimal numbers, flags, TLVs and internal attributes", async () => {
    const text = `# comment\r
\tVENDOR\tAcme\t32473\r
BEGIN-VENDOR Acme
ATTRIBUTE Acme-Role 0x01 string array # what she may do
ATTRIBUTE Acme-Box 2 tlv
ATTRIBUTE Acme-Box-Inner 2.1 string
BEGIN-TLV Acme-Box
ATTRIBUTE Acme-Box-Other 2 integer
VALUE Acme-Box-Other One 0x1
END-TLV Acme-Box
end-vendor acme
ATTRIBUTE Internal-Thing 3001 integer virtual
ATTRIBUTE Acme-Old 3 integer Acme
VALUE Acme-Old Yes 1
VALUE Service-Type Acme-Admin 4711
`;
    const loaded = await Dictionary.load([join(await folderOf({ d: text }), "d")]);
    if (!(loaded instanceof Dictionary)) throw new Error(JSON.stringify(loaded.errors));
    const hex = (name: string, value: string) => {
      const encoded = loaded.encodeByName(name, value);
      return encoded instanceof Uint8Array ? Buffer.from(encoded).toString("hex") : encoded.problem;
    };
    expect(hex("Acme-Role", "x")).toBe("1a0900007ed9010378");
    expect(hex("Acme-Old", "yes")).toBe("1a0c00007ed9030600000001");
    expect(hex("Service-Type", "Acme-Admin")).toBe("060600001267");
    for (const name of ["Acme-Box", "Acme-Box-Inner", "Acme-Box-Other", "Internal-Thing"]) {
      expect(hex(name, "x")).toMatch(/not supported/);
    }
    expect((await Dictionary.standard()).has("Acme-Role")).toBe(false);
  });

  it("includes files of its folder, each once, however often they are named", async () => {
    const files = { d: "$INCLUDE e\n$INCLUDE f\n", e: "$INCLUDE f\n", f: "ATTRIBUTE F 200 integer\n" };
    const folder = await folderOf(files);
    const read: string[] = [];
    const loaded = await Dictionary.load([join(folder, "d")], async (path) => void read.push(path));
    expect(loaded instanceof Dictionary && loaded.has("F")).toBe(true);
    expect(read).toEqual(["d", "e", "f"].map((name) => join(folder, name)));
  });

  it("keeps every name that says what is wrong with its file and line", async () => {
    const text = [
      "VENDOR Acme 32473",
      "VENDOR Acme 32474",
      "VENDOR Bad x",
      "VENDOR Bad 1 format=3,1",
      "BEGIN-VENDOR Nobody",
      "BEGIN-VENDOR Acme",
      "ATTRIBUTE",
      "ATTRIBUTE A 256 string",
      "ATTRIBUTE A -1 string",
      "ATTRIBUTE A 1 strng",
      "ATTRIBUTE A 1 string has_tags",
      "ATTRIBUTE A 1 string",
      "ATTRIBUTE A 2 string",
      "VALUE A One",
      "VALUE Nothing One 1",
      "VALUE A One 4294967296",
      "END-VENDOR Other",
      "END-VENDOR Acme",
      "ATTRIBUTE User-Name 2 string",
      "PROTOCOL RADIUS 1",
      "BEGIN-TLV T",
    ].join("\n");
    expect(await errorsOf({ d: text })).toEqual([
      "d:2 the vendor Acme already has the number 32473",
      "d:3 the number of the vendor is 0 to 4294967295",
      "d:4 after the number of the vendor, only format=1,1 or the like may stand",
      "d:5 there is no such vendor: a line VENDOR with its name and number comes first",
      "d:7 ATTRIBUTE has no name",
      "d:8 an attribute of Acme has a number of at most 255",
      "d:9 the number of the attribute is 0 to 4294967295",
      expect.stringMatching(/^d:10 the type is not known: string, octets, integer/),
      "d:11 after the type, only flags (has_tag, encrypt=2) or a known vendor may stand",
      "d:13 A is already the name of attribute 1 of Acme",
      "d:14 the number of the value is 0 to 4294967295",
      "d:16 the number of the value is 0 to 4294967295",
      "d:17 this ends another vendor than the one that was begun, Acme",
      "d:18 END-VENDOR has no BEGIN-VENDOR",
      "d:19 User-Name is already the name of attribute 1",
      expect.stringMatching(/^d:20 the line begins with no word that is known/),
      "d:21 BEGIN-TLV T has no END-TLV",
      "d:15 there is no attribute Nothing",
    ]);
    expect(await errorsOf({ d: VENDOR })).toEqual(["d:3 BEGIN-VENDOR Acme has no END-VENDOR"]);
  });
});

describe("a hostile file", () => {
  it("cannot include itself, another folder or what is no file", async () => {
    expect(await errorsOf({ d: "$INCLUDE e", e: "\n$INCLUDE d" })).toEqual(["e:2 the file d includes itself"]);
    expect(await errorsOf({ d: "$INCLUDE d" })).toEqual(["d:1 the file d includes itself"]);
    const outside = "$INCLUDE takes the name of a file in the same folder";
    for (const name of ["../e", "/etc/passwd", "sub/e", "..", "", "a b", "..\\e"]) {
      expect(await errorsOf({ d: `$INCLUDE ${name}` })).toEqual([`d:1 ${outside}`]);
    }
    expect(await errorsOf({ d: "$INCLUDE gone" })).toEqual(["d:1 the file gone does not exist"]);
    expect(await errorsOf({ d: "$INCLUDE ." })).toEqual(["d:1 the file . is not a regular file"]);
    expect(await errorsOf({}, "d")).toEqual(["d: the file does not exist"]);
  });

  it("has limits in size, depth, lines and errors", async () => {
    expect(await errorsOf({ d: Buffer.alloc(1024 * 1024 + 1, 35) })).toEqual([
      "d: the file is larger than 1048576 bytes",
    ]);
    expect(await errorsOf({ d: `# ${"x".repeat(2000)}` })).toEqual(["d:1 the line is longer than 1024 characters"]);
    const chain = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`d${at}`, `$INCLUDE d${at + 1}`]));
    expect(await errorsOf(chain, "d0")).toEqual(["d15:1 the file d16 is included more than 16 deep"]);
    expect(await errorsOf({ d: "nonsense\n".repeat(5000) })).toHaveLength(100);
    const many = Array.from({ length: 50_001 }, (_, at) => `VALUE A ${at} 1`).join("\n");
    expect((await errorsOf({ d: many }))[0]).toMatch(/there are more than 50000 names of values/);
  });

  it("must be a regular file, or a link to one", async () => {
    const folder = await folderOf({ real: "ATTRIBUTE F 200 integer" });
    await symlink("real", join(folder, "link"));
    expect(await Dictionary.load([folder])).toMatchObject({ errors: [{ message: "the file is not a regular file" }] });
    expect(await Dictionary.load([join(folder, "link")])).toBeInstanceOf(Dictionary);
  });

  it("changes no other object by the names it uses", async () => {
    const text =
      "VENDOR __proto__ 1\nATTRIBUTE __proto__ 200 string\nATTRIBUTE constructor 201 integer\nVALUE __proto__ toString 1";
    const loaded = await Dictionary.load([join(await folderOf({ d: text }), "d")]);
    expect(loaded instanceof Dictionary && loaded.has("__proto__")).toBe(true);
    expect(({} as Record<string, unknown>)["toString"]).toBe(Object.prototype.toString);
  });

  it("gives errors with lines, whatever it holds, and never throws", async () => {
    const folder = await folderOf({});
    const words = [
      "VENDOR",
      "BEGIN-VENDOR",
      "END-VENDOR",
      "ATTRIBUTE",
      "VALUE",
      "$INCLUDE",
      "BEGIN-TLV",
      "END-TLV",
      "d",
    ];
    const rest = [
      "Acme",
      "1",
      "0x7",
      "1.2",
      "string",
      "octets[3]",
      "has_tag,encrypt=2",
      "format=2,1",
      "#",
      "\u0000",
      "ä",
    ];
    const line = fc.array(fc.oneof(fc.constantFrom(...words, ...rest), fc.string({ maxLength: 8 })), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 12 }), async (lines) => {
        await writeFile(join(folder, "d"), lines.map((one) => one.join(" ")).join("\n"));
        const loaded = await Dictionary.load([join(folder, "d")]);
        expect(loaded instanceof Dictionary || loaded.errors.every(({ message }) => message !== "")).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});
