{{- /* Names, labels and namespaces: the same in every object of a release. */ -}}

{{- define "mailprobe.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- /* A release that is called like the chart, `helm install mailprobe ...`, does not stutter. */ -}}
{{- define "mailprobe.fullname" -}}
{{- $name := include "mailprobe.name" . -}}
{{- $default := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- default $default .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "mailprobe.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride -}}
{{- end -}}

{{- /* What selects the pod. A Deployment's selector cannot be changed: nothing may be added here. */ -}}
{{- define "mailprobe.selectorLabels" -}}
app.kubernetes.io/name: {{ include "mailprobe.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: daemon
{{- end -}}

{{- /* The labels of an object. Takes (dict "root" $ "labels" dict). What selects the pod cannot be overridden. */ -}}
{{- define "mailprobe.labels" -}}
{{- $own := include "mailprobe.selectorLabels" .root | fromYaml -}}
{{- $_ := set $own "helm.sh/chart" (printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-") -}}
{{- $_ := set $own "app.kubernetes.io/version" .root.Chart.AppVersion -}}
{{- $_ := set $own "app.kubernetes.io/managed-by" .root.Release.Service -}}
{{- merge $own (.labels | default dict) .root.Values.commonLabels | toYaml -}}
{{- end -}}

{{- /* The metadata of an object. Takes (dict "root" $), and "name", "labels", "annotations" where they are its own. */ -}}
{{- define "mailprobe.metadata" -}}
{{- $annotations := merge (dict) (.annotations | default dict) .root.Values.commonAnnotations -}}
name: {{ default (include "mailprobe.fullname" .root) .name }}
namespace: {{ include "mailprobe.namespace" .root }}
labels:
  {{- include "mailprobe.labels" (dict "root" .root "labels" .labels) | nindent 2 }}
{{- with $annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "mailprobe.serviceAccountName" -}}
{{- $default := ternary (include "mailprobe.fullname" .) "default" .Values.serviceAccount.create -}}
{{- default $default .Values.serviceAccount.name -}}
{{- end -}}

{{- /* A digest says exactly which image; the tag beside it is then for people. */ -}}
{{- define "mailprobe.image" -}}
{{- $tag := default .Chart.AppVersion .Values.image.tag -}}
{{- printf "%s:%s" .Values.image.repository $tag -}}
{{- with .Values.image.digest }}@{{ . }}{{ end -}}
{{- end -}}

{{- define "mailprobe.configMapName" -}}
{{- default (include "mailprobe.fullname" .) .Values.existingConfigMap -}}
{{- end -}}

{{- /* The URL of the PostgreSQL database, where that is the store: replicas may share it, and nothing is kept in the pod. */ -}}
{{- define "mailprobe.database" -}}
{{- if kindIs "map" .Values.config.store }}{{ .Values.config.store.url }}{{ end -}}
{{- end -}}

{{- /* Whether the daemon serves TLS: as `config` says, unless the values say so themselves. */ -}}
{{- define "mailprobe.scheme" -}}
{{- default (ternary "HTTPS" "HTTP" (hasKey (.Values.config.http | default dict) "tls")) .Values.scheme -}}
{{- end -}}
