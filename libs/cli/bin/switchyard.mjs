#!/usr/bin/env node
// `npx switchyard ...` in a clone: runs src/main.ts under the Node that the project pins, whatever Node the machine carries.
// Plain JavaScript, since any Node must be able to run it.
import { fileURLToPath } from "node:url";

process.argv.splice(2, 0, "node", fileURLToPath(new URL("../src/main.ts", import.meta.url)));
await import("../../../scripts/pinned-node.mjs");
