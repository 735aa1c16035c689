import { randomUUID } from "node:crypto";
import { closeRedis, connectRedis } from "@switchyard/redis";
import type { Logger } from "@switchyard/telemetry";
import type { ModelDeployment } from "../domain/catalogue.ts";

const channel = "switchyard:breakers";

/** News of open breakers among the routers that share a Redis: one small message when a breaker opens, none per request. */
export interface BreakerNewsExchange {
  /** Tells the others that a deployment is to be spared for so long. News that cannot be sent is lost: they will see. */
  tell(deployment: ModelDeployment, openMs: number): void;
  close(): Promise<void>;
}

/** `hear` is called with what others tell; models and providers that they made up are the listener's to ignore. */
export function redisBreakerNews(
  url: string,
  logger: Logger,
  hear: (model: string, provider: string, openMs: number) => void,
): BreakerNewsExchange {
  const self = randomUUID();
  const onError = (error: Error) => logger.warn({ err: error }, "news of breakers is not exchanged");
  const publisher = connectRedis({ url, onError });
  const subscriber = connectRedis({ url, onError });
  // Subscribed anew with every connection, the first included.
  subscriber.on("ready", () => void subscriber.subscribe(channel).catch(onError));
  subscriber.on("message", (_channel: string, text: string) => {
    const news = parsed(text);
    if (news && news.from !== self) hear(news.model, news.provider, news.openMs);
  });
  return {
    tell({ model, provider }, openMs) {
      publisher.publish(channel, JSON.stringify({ from: self, model, provider, openMs })).catch(() => undefined);
    },
    async close() {
      await Promise.all([closeRedis(publisher), closeRedis(subscriber)]);
    },
  };
}

interface News {
  readonly from: string;
  readonly model: string;
  readonly provider: string;
  readonly openMs: number;
}

function parsed(text: string): News | undefined {
  try {
    const { from, model, provider, openMs } = JSON.parse(text) as Partial<News>;
    const isNews =
      typeof from === "string" && typeof model === "string" && typeof provider === "string" && Number(openMs) > 0;
    return isNews ? { from, model, provider, openMs: Number(openMs) } : undefined;
  } catch {
    return undefined;
  }
}
