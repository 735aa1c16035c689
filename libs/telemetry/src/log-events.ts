import { type Attributes, logs, SeverityNumber } from "@opentelemetry/api";

/**
 * Emits an event as an OpenTelemetry log record, in the active trace. Its attributes (texts, numbers, lists and maps of them)
 * are made only where records are exported. Prompts, answers and keys are never handed to it.
 */
export function emitLogEvent(name: string, attributes: () => Attributes): void {
  const logger = logs.getLogger("switchyard");
  const severityNumber = SeverityNumber.INFO;
  if (!logger.enabled({ severityNumber, eventName: name })) return;
  logger.emit({ eventName: name, severityNumber, severityText: "INFO", attributes: attributes() });
}
