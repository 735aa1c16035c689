{{- define "switchyard.peer" -}}
- podSelector:
    matchLabels:
      {{- include "switchyard.selectorLabels" .root | nindent 6 }}
      app.kubernetes.io/component: {{ .component }}
{{- end -}}
