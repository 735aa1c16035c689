import { once } from "node:events";
import { startRedis } from "./start-redis.ts";

const server = await startRedis({ port: Number(process.env.PORT) || 6379 });
process.stdout.write(`${server.url}\n`);
await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
await server.stop();
