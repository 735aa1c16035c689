{{- /*
The environment of a service. Secrets reach only those who use them. The others must know that there is one (the router offers
the models of providers that have a key, and every service takes the configuration as a whole), so they are given a word in its place.
*/ -}}
{{- define "switchyard.environment" -}}
- { name: NODE_ENV, value: production }
- { name: SWITCHYARD_CONFIG, value: /etc/switchyard/switchyard.yaml }
{{- if .fact.redis }}
- name: REDIS_URL
{{- if .root.Values.redis.dev.enabled }}
  value: redis://{{ include "switchyard.address" (dict "root" .root "service" "redis") }}:6379
{{- else }}
  valueFrom:
    secretKeyRef:
      name: {{ .root.Values.redis.existingSecret.name }}
      key: {{ .root.Values.redis.existingSecret.key }}
      optional: false
{{- end }}
{{- else }}
- { name: REDIS_URL, value: "redis://held-by-cache-and-budget" }
{{- end }}
{{- range $name, $source := .root.Values.providerKeys }}
- name: {{ $name }}
{{- if $.fact.outbound }}
  valueFrom:
    secretKeyRef:
      name: {{ $source.existingSecret }}
      key: {{ $source.key }}
      optional: false
{{- else }}
  value: held-by-provider-adapter
{{- end }}
{{- end }}
{{- if .root.Values.simulator.enabled }}
- { name: SWITCHYARD_BASE_URL, value: "http://{{ include "switchyard.address" (dict "root" .root "service" "simulator") }}:8090/v1" }
- { name: SWITCHYARD_API_KEY, value: any-will-do }
{{- end }}
{{- if .root.Values.telemetry.otlpEndpoint }}
- { name: OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, value: "{{ trimSuffix "/" .root.Values.telemetry.otlpEndpoint }}/v1/traces" }
- { name: OTEL_TRACES_SAMPLER, value: {{ .root.Values.telemetry.sampler }} }
{{- with .root.Values.telemetry.samplerArgument }}
- { name: OTEL_TRACES_SAMPLER_ARG, value: {{ . | quote }} }
{{- end }}
- name: POD_NAME
  valueFrom: { fieldRef: { fieldPath: metadata.name } }
- name: OTEL_RESOURCE_ATTRIBUTES
  value: service.namespace={{ .root.Release.Namespace }},service.version={{ .root.Values.image.tag | default .root.Chart.AppVersion }},service.instance.id=$(POD_NAME),k8s.pod.name=$(POD_NAME)
{{- end }}
{{- range $name, $value := .choices.env }}
- { name: {{ $name }}, value: {{ $value | quote }} }
{{- end }}
{{- end -}}
