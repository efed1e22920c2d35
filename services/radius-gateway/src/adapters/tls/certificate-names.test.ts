import { X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { certificateNameOf, namesOfCertificate } from "./certificate-names.js";

/** What of a certificate counts here, as Node prints it. */
function certificate(fields: { subjectAltName?: string; serialNumber?: string; issuer?: string }): X509Certificate {
  const given = { subjectAltName: undefined, serialNumber: "4F2A", issuer: "C=DE\nO=Corp\nCN=Our CA", ...fields };
  return Object.create(X509Certificate.prototype, Object.getOwnPropertyDescriptors(given)) as X509Certificate;
}

describe("a name of the configuration", () => {
  it.each([
    ["VPN.Corp.example", "dns:vpn.corp.example"],
    ["192.0.2.7", "ip:192.0.2.7"],
    ["2001:DB8:0::7", "ip:2001:db8::7"],
    ["serial:004f2a issuer:CN=Our CA,O=Corp,C=DE", 'serial:4F2A issuer:["C=DE","CN=Our CA","O=Corp"]'],
    ["serial:4F2A issuer:C = DE, O = Corp, CN = Our CA", 'serial:4F2A issuer:["C=DE","CN=Our CA","O=Corp"]'],
    ["serial:0 issuer:O=Corp\\, Inc.,CN=x", 'serial:0 issuer:["CN=x","O=Corp, Inc."]'],
  ])("%s is %s", (text, name) => {
    expect(certificateNameOf(text)).toBe(name);
  });

  it.each(["", "*.corp.example", "a b", "serial:xyz issuer:CN=a", "serial:4F2A"])("%j is none", (text) => {
    expect(certificateNameOf(text)).toBeUndefined();
  });
});

describe("the names of a certificate", () => {
  const byIssuer = 'serial:4F2A issuer:["C=DE","CN=Our CA","O=Corp"]';

  it("are serial and issuer, DNS names, addresses", () => {
    const subjectAltName =
      "IP Address:192.0.2.7, DNS:A.example, email:x@y.example, DNS:b.example, IP Address:2001:DB8:0:0:0:0:0:7";
    const names = namesOfCertificate(certificate({ subjectAltName }));
    expect(names).toEqual([byIssuer, "dns:a.example", "dns:b.example", "ip:192.0.2.7", "ip:2001:db8::7"]);
  });

  it("are not what somebody hides inside another name", () => {
    const subjectAltName = String.raw`DNS:"a.example, DNS:vpn.example", email:"x\", DNS:vpn.example", URI:x, DNS:real.example`;
    expect(namesOfCertificate(certificate({ subjectAltName }))).toEqual([byIssuer, "dns:real.example"]);
  });

  it("are serial and issuer alone where there are no others", () => {
    expect(namesOfCertificate(certificate({}))).toEqual([byIssuer]);
  });

  it("fit what the configuration says, for one with a comma in its issuer", () => {
    const [name] = namesOfCertificate(certificate({ issuer: "O=Corp\\, Inc.\nCN=x" }));
    expect(name).toBe(certificateNameOf("serial:4F2A issuer:CN=x,O=Corp\\, Inc."));
  });
});
