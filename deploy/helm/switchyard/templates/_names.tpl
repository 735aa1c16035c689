{{- define "switchyard.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- /* What selects the pods of a release. */ -}}
{{- define "switchyard.selectorLabels" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "switchyard.labels" -}}
{{ include "switchyard.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: switchyard
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- /* Without the chart's version, so that a new one alone restarts nothing. */ -}}
{{- define "switchyard.podLabels" -}}
{{ include "switchyard.selectorLabels" . }}
app.kubernetes.io/part-of: switchyard
{{- end -}}

{{- define "switchyard.image" -}}
{{ .root.Values.image.registry }}/{{ .root.Values.image.repository }}/{{ .service }}:{{ .root.Values.image.tag | default .root.Chart.AppVersion }}
{{- end -}}

{{- /* The services of this installation, as YAML: files/services.yaml without those that are not enabled. */ -}}
{{- define "switchyard.services" -}}
{{- $services := .Files.Get "files/services.yaml" | fromYaml -}}
{{- if .Values.simulator.enabled -}}
{{- $adapter := get $services "provider-adapter" -}}
{{- $_ := set $adapter "calls" (append $adapter.calls "simulator") -}}
{{- else -}}
{{- $_ := unset $services "simulator" -}}
{{- end -}}
{{- if dig "router" "breaker" "shared" false (.Values.config | default dict) -}}
{{- $_ := set $services.router "redis" true -}}
{{- end -}}
{{- toYaml $services -}}
{{- end -}}

{{- /* The choices for one service, as YAML: the defaults with its own merged over. */ -}}
{{- define "switchyard.choices" -}}
{{- mustMergeOverwrite (deepCopy .root.Values.defaults) (deepCopy (get .root.Values.services .service | default dict)) | toYaml -}}
{{- end -}}

{{- define "switchyard.address" -}}
{{ include "switchyard.fullname" .root }}-{{ .service }}.{{ .root.Release.Namespace }}.svc.{{ .root.Values.clusterDomain }}
{{- end -}}
