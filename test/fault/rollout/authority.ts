import { spawnSync } from "node:child_process";
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A certificate authority that lives as long as a test. */
export interface Authority {
  /** Its own certificate, PEM. */
  readonly certificate: string;
  /** Issues a certificate for the name; both PEM. */
  issue(name: string): { readonly cert: string; readonly key: string };
}

const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

/** Makes an authority whose files stand in the folder, by openssl. */
export function createAuthority(folder: string, name: string): Authority {
  const path = (file: string) => join(folder, `${name}-${file}`);
  openssl(
    "req",
    "-x509",
    ...curve,
    "-keyout",
    path("ca.key"),
    "-out",
    path("ca.pem"),
    "-days",
    "1",
    "-subj",
    `/CN=${name}`,
  );
  return {
    certificate: openssl("x509", "-in", path("ca.pem")),
    issue(subject) {
      const [key, request, extensions] = [path("leaf.key"), path("leaf.csr"), path("leaf.ext")];
      openssl("req", ...curve, "-keyout", key, "-out", request, "-subj", `/CN=${subject}`);
      writeFileSync(extensions, `subjectAltName=DNS:${subject}\nextendedKeyUsage=serverAuth,clientAuth\n`);
      const signer = ["-CA", path("ca.pem"), "-CAkey", path("ca.key"), "-CAcreateserial"];
      const cert = openssl("x509", "-req", "-in", request, ...signer, "-days", "1", "-extfile", extensions);
      return { cert, key: openssl("pkey", "-in", key) };
    },
  };
}

/** Puts files in place, each whole. */
export function putFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, `${name}.new`), text);
    renameSync(join(folder, `${name}.new`), join(folder, name));
  }
}

function openssl(...parameters: string[]): string {
  const { status, stdout, stderr } = spawnSync("openssl", parameters, { encoding: "utf8" });
  if (status !== 0) throw new Error(`openssl ${parameters[0]}: ${stderr}`);
  return stdout;
}
