import { expect, it } from "vitest";
import { exampleValues, renderChart } from "./render-chart.ts";

const complaintAbout = (...set: string[]) => renderChart({ values: [exampleValues("default")], set }).complaint;

it.each([
  ["no registry", ["image.registry="], "image.registry is missing: say where your images are"],
  ["no API key", ["config.apiKeys=null"], "config.apiKeys is empty"],
  ["no Redis", ["redis.existingSecret.name="], "redis.existingSecret.name is missing"],
  ["two of Redis", ["redis.dev.enabled=true"], "keep the one that is meant"],
  ["a URL that may hold a password", ["redis.url=redis://:secret@redis"], "put it in a Secret"],
  ["a store that each pod keeps for itself", ["config.budget.store=embedded"], "leave it out"],
  ["a pause that services make themselves by now", ["rollout.preStopSeconds=5"], "it is rollout.noticeSeconds"],
  ["two certificates", ["tls.existingSecret=a", "tls.certManager.enabled=true"], "keep the one that is meant"],
  ["a certificate of nobody", ["tls.certManager.enabled=true"], "name the issuer"],
  ["replicas in the wrong place", ["replicaCount=3"], "use defaults.replicas"],
  ["an Ingress", ["ingress.enabled=true"], "use routes.grpc"],
  ["a service that does not exist", ["services.llm.replicas=3"], "there is no such service"],
  ["a route without a Gateway", ["routes.grpc.enabled=true"], "name the Gateway"],
  [
    "bounds of scaling that are upside down",
    ["defaults.autoscaling.enabled=true", "defaults.autoscaling.minReplicas=9", "defaults.autoscaling.maxReplicas=3"],
    "minReplicas is more than maxReplicas",
  ],
])("%s is refused with what to do", (_name, set, advice) => {
  expect(complaintAbout(...set)).toContain(advice);
});

it.each([
  ["an unknown value", ["defaults.replica=3"], "additional properties 'replica' not allowed"],
  ["text for a number", ["defaults.replicas=many"], "defaults/replicas"],
  ["a hash that is none", ["config.apiKeys[0].name=a", "config.apiKeys[0].sha256=sk-in-the-clear"], "apiKeys/0"],
  ["a key of a provider in the clear", ["providerKeys.OPENAI_API_KEY=sk-in-the-clear"], "providerKeys/OPENAI_API_KEY"],
  ["an unknown sampler", ["telemetry.sampler=often"], "telemetry/sampler"],
])("the schema refuses %s", (_name, set, place) => {
  expect(complaintAbout(...set)).toContain(place);
});
