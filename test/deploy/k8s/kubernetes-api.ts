import { request } from "node:https";
import { text } from "node:stream/consumers";

/** A Kubernetes object, as far as tests look into it. */
export interface KubernetesObject {
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  // biome-ignore lint/suspicious/noExplicitAny: an object of any kind, read by path
  readonly spec?: any;
  // biome-ignore lint/suspicious/noExplicitAny: an object of any kind, read by path
  readonly status?: any;
}

/** The API of a cluster. Every call rejects with what the server said unless it succeeds. */
export interface KubernetesApi {
  get(path: string): Promise<KubernetesObject>;
  list(path: string): Promise<readonly KubernetesObject[]>;
  create(path: string, body: object): Promise<KubernetesObject>;
  /** A strategic merge patch. */
  patch(path: string, body: object): Promise<KubernetesObject>;
  /** Deletes at once, without grace. */
  remove(path: string): Promise<KubernetesObject>;
}

/** Speaks to an API server whose certificate nobody signed. */
export function kubernetesApi(url: string, token: string): KubernetesApi {
  const call = async (method: string, path: string, body?: object, type = "application/json") => {
    const sent = request(`${url}${path}`, {
      method,
      rejectUnauthorized: false,
      headers: { authorization: `Bearer ${token}`, accept: "application/json", ...(body && { "content-type": type }) },
    });
    sent.end(body && JSON.stringify(body));
    const response = await new Promise<import("node:http").IncomingMessage>((resolve, reject) => {
      sent.once("response", resolve).once("error", reject);
    });
    const answer = await text(response);
    const status = response.statusCode ?? 0;
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${answer.slice(0, 500)}`);
    return answer.startsWith("{") ? JSON.parse(answer) : {};
  };
  return {
    get: (path) => call("GET", path),
    list: async (path) => (await call("GET", path)).items,
    create: (path, body) => call("POST", path, body),
    patch: (path, body) => call("PATCH", path, body, "application/strategic-merge-patch+json"),
    remove: (path) => call("DELETE", `${path}?gracePeriodSeconds=0`),
  };
}
