{{- /*
Started and alive by the service's own port: the event loop turns, whatever the dependencies do. Ready by /readyz where there is
one: dependencies can be reached and the pod is not about to end.
*/ -}}
{{- define "switchyard.probes" -}}
{{- $alive := dict -}}
{{- if eq .protocol "grpc" -}}
{{- $alive = dict "grpc" (dict "port" (int .port)) -}}
{{- else if .adminPort -}}
{{- $alive = dict "httpGet" (dict "path" "/healthz" "port" "http") -}}
{{- else -}}
{{- $alive = dict "tcpSocket" (dict "port" .protocol) -}}
{{- end -}}
startupProbe:
  {{- toYaml $alive | nindent 2 }}
  periodSeconds: 1
  timeoutSeconds: 2
  failureThreshold: 60
livenessProbe:
  {{- toYaml $alive | nindent 2 }}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  {{- if .adminPort }}
  httpGet: { path: /readyz, port: admin }
  {{- else }}
  {{- toYaml $alive | nindent 2 }}
  {{- end }}
  periodSeconds: 2
  timeoutSeconds: 2
  failureThreshold: 2
{{- end -}}
