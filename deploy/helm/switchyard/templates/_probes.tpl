{{- /*
Started and alive while the event loop turns, whatever the dependencies do; ready while dependencies can be reached and the pod is
not about to end. By gRPC's own health service where that is; with TLS over HTTP, since kubelets ask in the clear.
*/ -}}
{{- define "switchyard.probes" -}}
{{- $alive := dict -}}
{{- $ready := dict -}}
{{- if and (eq .fact.protocol "grpc") (not .hasTls) -}}
{{- $alive = dict "grpc" (dict "port" (int .fact.port) "service" "liveness") -}}
{{- $ready = dict "grpc" (dict "port" (int .fact.port)) -}}
{{- else if .fact.adminPort -}}
{{- $alive = dict "httpGet" (dict "path" "/healthz" "port" "admin") -}}
{{- $ready = dict "httpGet" (dict "path" "/readyz" "port" "admin") -}}
{{- else -}}
{{- $alive = dict "tcpSocket" (dict "port" .fact.protocol) -}}
{{- $ready = $alive -}}
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
  {{- toYaml $ready | nindent 2 }}
  periodSeconds: 2
  timeoutSeconds: 2
  failureThreshold: 2
{{- end -}}
