{{- /* The configuration of all services: what ships with the product, the installation's over it, and what only the chart knows. */ -}}
{{- define "switchyard.config" -}}
{{- $shipped := .Files.Get "files/switchyard.yaml" | fromYaml -}}
{{- $known := dict
  "cache" (dict "store" "redis")
  "budget" (dict "store" "redis")
  "redis" (dict "url" (dict "env" "REDIS_URL"))
  "dataDirectory" "/tmp/switchyard"
  "drainNoticeMs" (mul 1000 (int .Values.rollout.noticeSeconds))
  "drainMs" (mul 1000 (int .Values.rollout.drainSeconds))
-}}
{{- $peers := dict -}}
{{- range $service, $fact := include "switchyard.services" . | fromYaml -}}
{{- $listener := dict "listen" (printf "%s:%d" $.Values.listenHost (int $fact.port)) -}}
{{- if $fact.adminPort -}}
{{- $_ := set $listener "adminListen" (printf "%s:%d" $.Values.listenHost (int $fact.adminPort)) -}}
{{- end -}}
{{- $_ := set $known $fact.section (mustMergeOverwrite $listener (get $known $fact.section | default dict)) -}}
{{- if and (eq $fact.protocol "grpc") -}}
{{- $address := include "switchyard.address" (dict "root" $ "service" $service) -}}
{{- $_ := set $peers $fact.section (printf "dns:///%s:%d" $address (int $fact.port)) -}}
{{- end -}}
{{- end -}}
{{- $_ := set $known "peers" $peers -}}
{{- if include "switchyard.tlsSecret" . -}}
{{- $_ := set $known "rpc" (dict "tls" (include "switchyard.tlsFiles" . | fromYaml)) -}}
{{- $_ := set $known.router "clientCertificate" .Values.tls.callers -}}
{{- end -}}
{{- mustMergeOverwrite $shipped (deepCopy .Values.config) $known | toYaml -}}
{{- end -}}
