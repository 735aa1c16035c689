import { defineConfig } from "vitest/config";

// Every package runs its own tests with this one configuration: `vitest run --config ../../vitest.config.ts --root .`.
export default defineConfig({
  test: {
    environment: "node",
    include: ["**/*.test.ts"],
    passWithNoTests: true,
    reporters: ["default", ["json", { outputFile: "test-results.json" }]],
    restoreMocks: true,
    testTimeout: 30_000,
    hookTimeout: 180_000,
  },
});
