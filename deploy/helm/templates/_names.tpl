{{- define "moe.silo" -}}
app.kubernetes.io/name: moe-orleans
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: silo
{{- end -}}

{{- define "moe.training" -}}
app.kubernetes.io/name: moe-orleans
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: training
{{- end -}}

{{- define "moe.common" -}}
app.kubernetes.io/part-of: moe-orleans
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end -}}

{{- define "moe.image" -}}
{{- with .Values.image.digest }}
image: {{ $.Values.image.repository }}@{{ . }}
{{- else }}
image: {{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
{{- end -}}

{{- define "moe.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 10654
  runAsGroup: 10654
  fsGroup: 10654
  seccompProfile:
    type: RuntimeDefault
{{- end -}}

{{- define "moe.container" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
{{- end -}}

{{- define "moe.connection" -}}
valueFrom:
  secretKeyRef:
    name: {{ .Values.redis.secret | default (printf "%s-redis" .Release.Name) }}
    key: {{ .Values.redis.key }}
{{- end -}}

{{- define "moe.redis-authority" -}}
{{- if .Values.redis.authority -}}
- name: SSL_CERT_FILE
  value: /etc/moe/redis/ca.crt
{{- end -}}
{{- end -}}

{{- define "moe.tmp" -}}
- name: tmp
  emptyDir:
    sizeLimit: 512Mi
{{- with .Values.data.claim }}
- name: data
  persistentVolumeClaim:
    claimName: {{ . }}
    readOnly: true
{{- end }}
{{- with .Values.redis.authority }}
- name: redis-authority
  secret:
    secretName: {{ . }}
    defaultMode: 0440
{{- end }}
{{- end -}}

{{- define "moe.mounts" -}}
- name: tmp
  mountPath: /tmp
{{- if .Values.data.claim }}
- name: data
  mountPath: /data
  readOnly: true
{{- end }}
{{- if .Values.redis.authority }}
- name: redis-authority
  mountPath: /etc/moe/redis
  readOnly: true
{{- end }}
{{- if .Values.tls.enabled }}
- name: tls
  mountPath: /etc/moe/tls
  readOnly: true
{{- end }}
{{- end -}}

{{- define "moe.dns" -}}
- to:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: kube-system
      podSelector:
        matchLabels:
          k8s-app: kube-dns
  ports:
    - port: 53
      protocol: UDP
    - port: 53
      protocol: TCP
{{- end -}}
