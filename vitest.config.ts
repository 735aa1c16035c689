import { defineConfig } from "vitest/config";

// Every package runs its own tests with this one configuration: `vitest run --config ../../vitest.config.ts --root .`.
export default defineConfig({
  test: {
    environment: "node",
    include: ["**/*.test.ts"],
    passWithNoTests: true,
    reporters: ["default", ["json", { outputFile: "test-results.json" }]],
    restoreMocks: true,
    // A second, the default, is less than a busy machine may take; what is waited for ends the wait at once.
    expect: { poll: { timeout: 20_000, interval: 20 } },
    testTimeout: 30_000,
    hookTimeout: 180_000,
  },
});
