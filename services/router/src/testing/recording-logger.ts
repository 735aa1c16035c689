import type { Logger } from "@switchyard/telemetry";

export interface RecordedLine {
  readonly level: "info" | "warn";
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A logger that writes down what it is told. */
export function recordingLogger(): { readonly logger: Logger; readonly lines: RecordedLine[] } {
  const lines: RecordedLine[] = [];
  const note = (level: RecordedLine["level"]) => (fields: RecordedLine["fields"], message: string) =>
    void lines.push({ level, message, fields });
  return { lines, logger: { info: note("info"), warn: note("warn") } as unknown as Logger };
}
