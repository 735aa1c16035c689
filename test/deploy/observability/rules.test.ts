import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { repository, toolPath } from "../tools/tools.ts";

const folder = join(repository, "deploy/observability/prometheus");
const promtool = (...parameters: string[]) =>
  spawnSync(toolPath("promtool"), parameters, { cwd: folder, encoding: "utf8" });

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert?: string;
      readonly labels?: { readonly severity: string };
      readonly annotations?: { readonly runbook: string };
    }[];
  }[];
}
interface Cases {
  readonly tests: readonly {
    readonly alert_rule_test: readonly { readonly alertname: string; readonly exp_alerts: readonly unknown[] }[];
  }[];
}
const read = (name: string) => parse(readFileSync(join(folder, name), "utf8"));
const alerts = (read("rules.yaml") as Rules).groups
  .flatMap(({ rules }) => rules)
  .filter(({ alert }) => alert !== undefined);

describe("the rules", () => {
  it("are ones that Prometheus takes, without a warning", () => {
    const { status, stdout, stderr } = promtool("check", "rules", "--lint-fatal", "rules.yaml");
    expect(status, stdout + stderr).toBe(0);
  });

  it("fire and clear as their cases say", () => {
    const { status, stdout, stderr } = promtool("test", "rules", "rules.test.yaml");
    expect(status, stdout + stderr).toBe(0);
  });

  it("fail a case that expects something else", () => {
    const { status } = spawnSync(toolPath("promtool"), ["test", "rules", "/dev/stdin"], {
      cwd: folder,
      input: readFileSync(join(folder, "rules.test.yaml"), "utf8")
        .replace("rule_files: [rules.yaml]", `rule_files: [${join(folder, "rules.yaml")}]`)
        .replace("The last hour cost 6.00 USD", "The last hour cost 7.00 USD"),
    });
    expect(status).toBe(1);
  });
});

describe("every alert", () => {
  it("has a case in which it fires and one in which it has cleared", () => {
    const cases = (read("rules.test.yaml") as Cases).tests.flatMap((test) => test.alert_rule_test);
    for (const { alert } of alerts) {
      const own = cases.filter(({ alertname }) => alertname === alert);
      expect(
        own.some(({ exp_alerts }) => exp_alerts.length > 0),
        `${alert} fires`,
      ).toBe(true);
      expect(own.at(-1)?.exp_alerts, `${alert} clears`).toEqual([]);
    }
  });

  it("either wakes somebody up or waits, and leads to its paragraph of a runbook", () => {
    for (const { alert, labels, annotations } of alerts) {
      expect(["page", "notify"], alert).toContain(labels?.severity);
      const [file = "", anchor = ""] = annotations?.runbook.split("#") ?? [];
      const headings = readFileSync(join(repository, file), "utf8").match(/^## .+$/gm) ?? [];
      expect(
        headings.map((heading) => heading.slice(3).toLowerCase()),
        alert,
      ).toContain(anchor);
      expect(anchor).toBe(alert?.toLowerCase());
    }
  });
});
