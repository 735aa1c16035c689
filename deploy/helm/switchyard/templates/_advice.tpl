{{- /* What an installation must say, and what stood elsewhere once: each fails with what to do. */ -}}
{{- define "switchyard.advice" -}}
{{- if not .Values.image.registry -}}
{{- fail "image.registry is missing: say where your images are, as in `--set image.registry=registry.example.com/platform`" -}}
{{- end -}}
{{- if not .Values.config.apiKeys -}}
{{- fail "config.apiKeys is empty, and without keys only callers in the same pod are served: add { name, sha256, tenant, budgetTier }, sha256 being `printf %s \"$KEY\" | sha256sum`" -}}
{{- end -}}
{{- if and (not .Values.redis.dev.enabled) (not .Values.redis.existingSecret.name) -}}
{{- fail "redis.existingSecret.name is missing: name a Secret with the URL of your Redis 8, or set redis.dev.enabled to try things out" -}}
{{- end -}}
{{- if and .Values.redis.dev.enabled .Values.redis.existingSecret.name -}}
{{- fail "redis.existingSecret.name and redis.dev.enabled are both set: keep the one that is meant" -}}
{{- end -}}
{{- if and .Values.routes.grpc.enabled (not .Values.routes.grpc.parentRefs) -}}
{{- fail "routes.grpc.parentRefs is missing: name the Gateway that the route belongs to" -}}
{{- end -}}
{{- range $service := list "cache" "budget" -}}
{{- if eq (dig $service "store" "redis" $.Values.config) "embedded" -}}
{{- fail (printf "config.%s.store is embedded, which each pod would keep for itself: in a cluster it is always redis, so leave it out" $service) -}}
{{- end -}}
{{- end -}}
{{- range $service := keys .Values.services -}}
{{- if not (hasKey ($.Files.Get "files/services.yaml" | fromYaml) $service) -}}
{{- fail (printf "services.%s: there is no such service" $service) -}}
{{- end -}}
{{- end -}}
{{- if hasKey .Values.rollout "preStopSeconds" -}}
{{- fail "rollout.preStopSeconds is not known any more: it is rollout.noticeSeconds, and the service itself says that it is not ready" -}}
{{- end -}}
{{- if and .Values.tls.existingSecret .Values.tls.certManager.enabled -}}
{{- fail "tls.existingSecret and tls.certManager.enabled are both set: keep the one that is meant" -}}
{{- end -}}
{{- if and .Values.tls.certManager.enabled (not .Values.tls.certManager.issuerRef.name) -}}
{{- fail "tls.certManager.issuerRef.name is missing: name the issuer, whose authority should sign for nobody else" -}}
{{- end -}}
{{- if hasKey .Values "replicaCount" -}}
{{- fail "replicaCount is not known here: use defaults.replicas, or services.NAME.replicas" -}}
{{- end -}}
{{- if hasKey .Values.redis "url" -}}
{{- fail "redis.url is not taken, since a URL may hold a password: put it in a Secret and name that in redis.existingSecret" -}}
{{- end -}}
{{- if hasKey .Values "apiKeys" -}}
{{- fail "apiKeys is not known here: the hashes of keys stand in config.apiKeys" -}}
{{- end -}}
{{- if hasKey .Values "ingress" -}}
{{- fail "ingress is not known here, since an Ingress speaks no gRPC by itself: use routes.grpc with a Gateway, or point your own Ingress at the edge Service" -}}
{{- end -}}
{{- end -}}
