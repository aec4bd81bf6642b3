/**
 * Judges Kubernetes objects as an API server with strict field validation would. The published validators check what
 * they know and overlook the rest; what they know is seen by watching which fields they ask for. A field that nobody
 * asked for is one that Kubernetes does not have.
 */
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { PersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim';
import { Pod } from 'kubernetes-models/v1/Pod';
import { Service } from 'kubernetes-models/v1/Service';
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import { PrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import { ServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

interface Validator {
  readonly prototype: { readonly validate: () => void };
}

const KINDS: Readonly<Record<string, Validator>> = {
  'apps/v1 Deployment': Deployment,
  'networking.k8s.io/v1 Ingress': Ingress,
  'networking.k8s.io/v1 NetworkPolicy': NetworkPolicy,
  'policy/v1 PodDisruptionBudget': PodDisruptionBudget,
  'v1 ConfigMap': ConfigMap,
  'v1 PersistentVolumeClaim': PersistentVolumeClaim,
  'v1 Pod': Pod,
  'v1 Service': Service,
  'v1 ServiceAccount': ServiceAccount,
  'monitoring.coreos.com/v1 PrometheusRule': PrometheusRule,
  'monitoring.coreos.com/v1 ServiceMonitor': ServiceMonitor,
};

/** What is wrong with it, each with its path; nothing for a good one. */
export function kubernetesProblems(object: KubernetesObject): readonly string[] {
  const name = `${object.apiVersion} ${object.kind}`;
  const kind = KINDS[name];
  if (kind === undefined) return [`${name}: no schema for it in test/support/kubernetes-schema.ts`];
  const asked = new Map<object, Set<string>>();
  const problems: string[] = [];
  try {
    Reflect.apply(kind.prototype.validate, watched(object, asked), []);
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
  }
  return [...problems, ...unknownFields(object, asked, name)];
}

/** The same object, that writes down which fields were asked for, present or not. */
function watched(value: unknown, asked: Map<object, Set<string>>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const fields = asked.get(value) ?? new Set<string>();
  asked.set(value, fields);
  return new Proxy(value, {
    get: (target, field) => {
      if (typeof field === 'string') fields.add(field);
      return watched(Reflect.get(target, field), asked);
    },
  });
}

/** Where nothing at all was asked for, anything may stand. */
function unknownFields(
  value: unknown,
  asked: ReadonlyMap<object, Set<string>>,
  path: string,
): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const fields = asked.get(value);
  return Object.entries(value).flatMap(([field, inner]: [string, unknown]) => {
    const known = Array.isArray(value) || fields === undefined || fields.size === 0 || fields.has(field);
    return known
      ? unknownFields(inner, asked, `${path}/${field}`)
      : [`${path}/${field}: there is no such field`];
  });
}
