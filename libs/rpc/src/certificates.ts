import { createHash, createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import { type ChannelCredentials, experimental, type ServerCredentials } from "@grpc/grpc-js";

/** Where the certificate of a process stands, PEM each. */
export interface CertificateFiles {
  /** The process's own certificate, with what leads to the authority. */
  readonly cert: string;
  readonly key: string;
  /** The authorities whose certificates peers may show. */
  readonly ca: string;
  /** How often the files are read again, in milliseconds. */
  readonly reloadMs: number;
  /** The name that servers' certificates bear, where it is not the name they are called by. */
  readonly serverName?: string | undefined;
}

/** Told of what became of changed files: taken, or refused for a reason, in which case the certificate before stays in force. */
export type OnCertificates = (news: { readonly notAfter: Date } | { readonly reason: string }) => void;

/** The certificate of this process, followed as its files change. Connections that are there stay as they are. */
export interface Certificates extends Disposable {
  readonly serverName: string | undefined;
  /** For a server; whether it takes clients that show no certificate. */
  forServer(clientCertificate: "required" | "optional"): ServerCredentials;
  /** For a client. */
  forClient(): ChannelCredentials;
}

interface Material {
  readonly digest: string;
  readonly certificate: Buffer;
  readonly privateKey: Buffer;
  readonly caCertificate: Buffer;
  readonly notAfter: Date;
}

/** Reads the files, and again from time to time. Throws if they are unusable at the start. */
export function openCertificates(files: CertificateFiles, onChange: OnCertificates): Certificates {
  const paths = [files.cert, files.key, files.ca] as const;
  let latest = understand(paths.map((path) => readFileSync(path)));
  let refused = "";
  const listeners = new Map<unknown, () => void>();
  const reload = async () => {
    try {
      const contents = await Promise.all(paths.map((path) => readFile(path)));
      // Three files that are written one after the other do not fit together for a moment: what is refused is looked at again.
      const next = understand(contents);
      if (next.digest === latest.digest) return;
      latest = next;
      refused = "";
      for (const tell of listeners.values()) tell();
      onChange({ notAfter: next.notAfter });
    } catch (error) {
      const reason = (error as Error).message;
      if (reason !== refused) onChange({ reason });
      refused = reason;
    }
  };
  const timer = setInterval(() => void reload(), files.reloadMs).unref();
  const listen = (listener: (material: Material) => void) => {
    const tell = () => listener(latest);
    listeners.set(listener, tell);
    process.nextTick(tell);
  };
  const forget = (listener: unknown) => void listeners.delete(listener);
  const provider: Parameters<typeof experimental.createCertificateProviderChannelCredentials>[0] = {
    addCaCertificateListener: listen,
    removeCaCertificateListener: forget,
    addIdentityCertificateListener: listen,
    removeIdentityCertificateListener: forget,
  };
  return {
    serverName: files.serverName,
    forServer: (clientCertificate) =>
      experimental.createCertificateProviderServerCredentials(provider, provider, clientCertificate === "required"),
    forClient: () => experimental.createCertificateProviderChannelCredentials(provider, provider),
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

/** What three files come to. Throws where the key is another's, the certificate is over, or something is no PEM. */
function understand([certificate, privateKey, caCertificate]: readonly Buffer[]): Material {
  if (certificate === undefined || privateKey === undefined || caCertificate === undefined) throw new Error("no files");
  const own = new X509Certificate(certificate);
  if (!own.checkPrivateKey(createPrivateKey(privateKey))) throw new Error("the key is not the certificate's");
  const notAfter = own.validToDate;
  if (notAfter.getTime() < Date.now()) throw new Error(`the certificate ended at ${notAfter.toISOString()}`);
  createSecureContext({ cert: certificate, key: privateKey, ca: caCertificate });
  const hash = createHash("sha256");
  for (const part of [certificate, privateKey, caCertificate]) hash.update(part).update("\0");
  return { digest: hash.digest("hex"), certificate, privateKey, caCertificate, notAfter };
}
