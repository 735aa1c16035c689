{{- /* The Secret with the certificate; empty where services talk in the clear. */ -}}
{{- define "switchyard.tlsSecret" -}}
{{- if .Values.tls.certManager.enabled -}}
{{ include "switchyard.fullname" . }}-tls
{{- else -}}
{{ .Values.tls.existingSecret }}
{{- end -}}
{{- end -}}

{{- define "switchyard.tlsMount" -}}
- { name: tls, mountPath: /etc/switchyard-tls, readOnly: true }
{{- end -}}

{{- define "switchyard.tlsVolume" -}}
- name: tls
  secret: { secretName: {{ include "switchyard.tlsSecret" . }}, defaultMode: 0440, optional: false }
{{- end -}}

{{- /* What `rpc.tls` of the configuration says, as YAML. */ -}}
{{- define "switchyard.tlsFiles" -}}
cert: /etc/switchyard-tls/tls.crt
key: /etc/switchyard-tls/tls.key
ca: /etc/switchyard-tls/ca.crt
{{- with .Values.tls.serverName }}
serverName: {{ . }}
{{- end }}
{{- end -}}
