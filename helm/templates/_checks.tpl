{{- /* What the schema of the values cannot say: keys that need or exclude one another. Included by the Deployment. */ -}}
{{- define "mailprobe.checks" -}}
{{- $port := int .Values.containerPort -}}
{{- if .Values.existingConfigMap -}}
  {{- if .Values.config -}}
    {{- fail "Both \"config\" and \"existingConfigMap\" are set, and only one can be the configuration. Remove one of them." -}}
  {{- end -}}
{{- else if not .Values.config.apps -}}
  {{- fail "Nothing to watch: \"config.apps\" is empty. Set \"config\" to the content of your mailprobe.yaml (see the chart's README), or \"existingConfigMap\" to a ConfigMap that has it under the key mailprobe.yaml." -}}
{{- end -}}
{{- with .Values.config.listen -}}
  {{- if not (hasSuffix (printf ":%d" $port) .) -}}
    {{- fail (printf "\"config.listen\" is %s, but the chart expects port %d (\"containerPort\"): probes and Service would find nobody there. Remove config.listen, or make the two agree." . $port) -}}
  {{- end -}}
  {{- if regexMatch "^(localhost|127[.]|\\[::1\\])" . -}}
    {{- fail (printf "\"config.listen\" is %s: nobody outside the container could reach it, not even the kubelet's probes. Remove it; the chart sets 0.0.0.0:%d." . $port) -}}
  {{- end -}}
{{- end -}}
{{- if and .Values.secrets.existingSecret .Values.secrets.csi.secretProviderClass -}}
  {{- fail "Both \"secrets.existingSecret\" and \"secrets.csi.secretProviderClass\" are set, and both would be mounted at \"secrets.mountPath\". Remove one of them, and mount it with extraVolumes if you need both." -}}
{{- end -}}
{{- if and .Values.workloadIdentity.enabled .Values.podLabels -}}
  {{- if eq (get .Values.podLabels "azure.workload.identity/use" | toString) "true" -}}
    {{- fail "\"workloadIdentity.enabled\" projects the token itself, and the pod label azure.workload.identity/use asks the webhook of Azure to do so too. Choose one: README of the chart, \"Workload identity\"." -}}
  {{- end -}}
{{- end -}}
{{- with .Values.config.http -}}
  {{- if and .tokens_file $.Values.serviceMonitor.enabled (not $.Values.serviceMonitor.authorization) (not (has "metrics" (.public | default list))) -}}
    {{- fail "\"config.http.tokens_file\" closes /metrics, and Prometheus would get no answer. Set \"serviceMonitor.authorization\" to the Secret with its token, or add metrics to \"config.http.public\"." -}}
  {{- end -}}
{{- end -}}
{{- if and .Values.networkPolicy.enabled .Values.config.proxy (ne .Values.config.proxy "none") (not .Values.networkPolicy.egress.proxy.port) -}}
  {{- fail (printf "\"config.proxy\" is %s, but the network policy would not let mailprobe reach it. Set \"networkPolicy.egress.proxy.port\" to its port." .Values.config.proxy) -}}
{{- end -}}
{{- if and .Values.ingress.enabled (not .Values.ingress.host) -}}
  {{- fail "\"ingress.enabled\" is true, but \"ingress.host\" is empty: an ingress without a host would take every name. Set it." -}}
{{- end -}}
{{- end -}}
