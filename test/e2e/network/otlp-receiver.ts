import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A span as it arrived over OTLP. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  /** 1 internal, 2 server, 3 client. */
  readonly kind: number;
  readonly service: string;
  /** Name of the pod, where it ran in one. */
  readonly pod: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** 2 is an error. */
  readonly status: number;
  readonly events: readonly { readonly name: string; readonly attributes: Readonly<Record<string, unknown>> }[];
}

/** A log record as it arrived over OTLP. */
export interface ReceivedLog {
  readonly event: string;
  readonly traceId: string;
  readonly service: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** An OTLP/HTTP receiver (JSON encoding, as the OTLP specification defines it). */
export interface OtlpReceiver {
  readonly url: string;
  spans(): readonly ReceivedSpan[];
  logs(): readonly ReceivedLog[];
  close(): Promise<void>;
}

interface KeyValue {
  key: string;
  value: {
    stringValue?: string;
    intValue?: string | number;
    doubleValue?: number;
    boolValue?: boolean;
    arrayValue?: { values?: KeyValue["value"][] };
    kvlistValue?: { values?: KeyValue[] };
  };
}

/** Starts a receiver on a free port. */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const logs: ReceivedLog[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    if (request.url === "/v1/traces") spans.push(...spansOf(JSON.parse(body)));
    if (request.url === "/v1/logs") logs.push(...logsOf(JSON.parse(body)));
    response.setHeader("content-type", "application/json").end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans: () => spans,
    logs: () => logs,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface ExportRequest {
  resourceSpans?: {
    resource?: { attributes?: KeyValue[] };
    scopeSpans?: {
      spans?: {
        traceId: string;
        spanId: string;
        parentSpanId?: string;
        name: string;
        kind: number;
        attributes?: KeyValue[];
        status?: { code?: number };
        events?: { name: string; attributes?: KeyValue[] }[];
      }[];
    }[];
  }[];
}

function spansOf({ resourceSpans = [] }: ExportRequest): ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans = [] }) => {
    const { "service.name": service, "k8s.pod.name": pod = "" } = attributesOf(resource?.attributes);
    return scopeSpans.flatMap(({ spans = [] }) =>
      spans.map((span) => ({
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId ?? "",
        name: span.name,
        kind: span.kind,
        service: String(service),
        pod: String(pod),
        attributes: attributesOf(span.attributes),
        status: span.status?.code ?? 0,
        events: (span.events ?? []).map(({ name, attributes }) => ({ name, attributes: attributesOf(attributes) })),
      })),
    );
  });
}

interface LogsExportRequest {
  resourceLogs?: {
    resource?: { attributes?: KeyValue[] };
    scopeLogs?: { logRecords?: { eventName?: string; traceId?: string; attributes?: KeyValue[] }[] }[];
  }[];
}

function logsOf({ resourceLogs = [] }: LogsExportRequest): ReceivedLog[] {
  return resourceLogs.flatMap(({ resource, scopeLogs = [] }) => {
    const service = String(attributesOf(resource?.attributes)["service.name"]);
    return scopeLogs.flatMap(({ logRecords = [] }) =>
      logRecords.map(({ eventName = "", traceId = "", attributes }) => ({
        event: eventName,
        traceId,
        service,
        attributes: attributesOf(attributes),
      })),
    );
  });
}

function attributesOf(list: KeyValue[] = []): Record<string, unknown> {
  return Object.fromEntries(list.map(({ key, value }) => [key, plain(value)]));
}

function plain(value: KeyValue["value"]): unknown {
  if (value.intValue !== undefined) return Number(value.intValue);
  if (value.arrayValue) return (value.arrayValue.values ?? []).map(plain);
  if (value.kvlistValue) return attributesOf(value.kvlistValue.values);
  return value.stringValue ?? value.doubleValue ?? value.boolValue;
}
