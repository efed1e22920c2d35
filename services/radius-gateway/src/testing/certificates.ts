import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const EC = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];

/** PEM texts, and the files they are in. */
export interface Issued {
  readonly cert: string;
  readonly key: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/** A certificate authority of one test, made by the `openssl` program: Node cannot issue certificates. */
export class TestAuthority {
  readonly certFile: string;
  readonly cert: string;
  readonly #folder = mkdtempSync(join(tmpdir(), "portcullis-authority-"));
  readonly #keyFile: string;
  #issued = 0;

  /** @param name of its subject; two with one name are two authorities all the same */
  constructor(name = "Test CA") {
    this.certFile = join(this.#folder, "ca.pem");
    this.#keyFile = join(this.#folder, "ca.key");
    openssl(["req", "-x509", ...EC, "-subj", `/O=Tests/CN=${name}`, "-keyout", this.#keyFile, "-out", this.certFile]);
    this.cert = readFileSync(this.certFile, "utf8");
  }

  /**
   * @param alternativeNames as in openssl's configuration: `DNS:vpn.example,IP:192.0.2.1`; empty for none
   * @param serial in hexadecimal
   */
  issue(alternativeNames: string, serial = (4_096 + this.#issued).toString(16)): Issued {
    const path = join(this.#folder, String(this.#issued++));
    const [certFile, keyFile, request, extensions] = [`${path}.pem`, `${path}.key`, `${path}.csr`, `${path}.ext`];
    writeFileSync(
      extensions,
      alternativeNames === "" ? "basicConstraints=CA:FALSE" : `subjectAltName=${alternativeNames}`,
    );
    openssl(["req", "-new", ...EC.slice(0, 5), "-subj", "/CN=not looked at", "-keyout", keyFile, "-out", request]);
    const signing = ["-CA", this.certFile, "-CAkey", this.#keyFile, "-set_serial", `0x${serial}`, "-days", "2"];
    openssl(["x509", "-req", "-in", request, ...signing, "-extfile", extensions, "-out", certFile]);
    return { cert: readFileSync(certFile, "utf8"), key: readFileSync(keyFile, "utf8"), certFile, keyFile };
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function openssl(parameters: readonly string[]): void {
  execFileSync("openssl", [...parameters], { stdio: "pipe" });
}
