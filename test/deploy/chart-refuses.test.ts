/** The values that the Helm chart refuses, with the message: they fail `helm install`, not the pod. */
import { describe, expect, test } from 'vitest';
import { provisionHelm } from '../support/helm.ts';
import { template } from './render.ts';

describe.runIf(provisionHelm())('the Helm chart refuses', () => {
  const app = { id: 'plm', tenant: 'contoso.example', client_id: crypto.randomUUID() };
  test.each([
    { name: 'to watch nothing', set: undefined, values: {}, message: /Nothing to watch.*config\.apps/ },
    { name: 'a misspelt value', values: { replicas: 2 }, message: /replicas.*not allowed/ },
    {
      name: 'two replicas with a file of their own each',
      values: { replicaCount: 2 },
      message:
        /replicaCount': value must be one of 1, 'more only with a PostgreSQL database, which the replicas share: set config\.store to \{ url: postgres:/,
    },
    {
      name: 'two replicas on a file that it names',
      values: { replicaCount: 2, config: { store: '/var/lib/mailprobe/mailprobe.db' } },
      message: /replicaCount': value must be one of 1, 'more only with a PostgreSQL database/,
    },
    {
      name: 'two replicas on the database of another kind',
      values: { replicaCount: 2, config: { store: { url: 'mysql://db.example/mailprobe' } } },
      message: /config\/store.*does not match pattern/s,
    },
    {
      name: 'two replicas of a configuration that it cannot see',
      set: 'own-configmap',
      values: { replicaCount: 2 },
      message: /replicaCount': value must be one of 1, 'more only with a PostgreSQL database/,
    },
    { name: 'half a replica', values: { replicaCount: 0 }, message: /replicaCount.*minimum/ },
    {
      name: 'a misspelt value further in',
      values: { image: { tagg: '1' } },
      message: /image.*tagg.*not allowed/s,
    },
    {
      name: 'a misspelt key of the configuration',
      values: { config: { apps: [{ ...app, credential: { secret_fil: 'x' } }] } },
      message: /config\/apps\/0\/credential.*secret_fil.*not allowed/s,
    },
    {
      name: 'a secret in the configuration',
      values: { config: { apps: [{ ...app, credential: { secret: 'x' } }] } },
      message: /'secret'.*not allowed/,
    },
    {
      name: 'an interval without unit',
      values: { config: { defaults: { interval: 300 } } },
      message: /config\/defaults\/interval/,
    },
    {
      name: 'a port as text',
      values: { containerPort: '10993' },
      message: /containerPort.*got string, want integer/,
    },
    { name: 'a port that needs root', values: { containerPort: 993 }, message: /containerPort.*minimum/ },
    { name: 'an invalid digest', values: { image: { digest: 'latest' } }, message: /image\/digest/ },
    {
      name: 'a tag in the repository',
      values: { image: { repository: 'a b' } },
      message: /image\/repository/,
    },
    {
      name: 'a label that is no text',
      values: { podLabels: { version: 2 } },
      message: /podLabels\/version.*want string/,
    },
    {
      name: 'a pull policy that there is not',
      values: { image: { pullPolicy: 'Sometimes' } },
      message: /pullPolicy/,
    },
    {
      name: 'an unknown alert',
      values: { prometheusRule: { enabled: true, disabled: ['Nope'] } },
      message: /names Nope.*MailprobeAbsent/,
    },
    {
      name: 'two configurations',
      values: { existingConfigMap: 'mine' },
      message: /Both "config" and "existingConfigMap"/,
    },
    {
      name: 'two sources of secrets',
      values: { secrets: { csi: { secretProviderClass: 'vault' } } },
      message: /Both "secrets\.existingSecret" and "secrets\.csi/,
    },
    {
      name: 'to listen on the loopback',
      values: { config: { listen: '127.0.0.1:10993' } },
      message: /nobody outside the container/,
    },
    {
      name: 'to listen on an address that no Kubernetes probe reaches',
      values: { config: { listen: '0.0.0.0:8080' } },
      message: /expects port 10993/,
    },
    {
      name: 'metrics that nobody could scrape',
      values: { config: { http: { tokens_file: '/tokens' } }, serviceMonitor: { enabled: true } },
      message: /closes \/metrics/,
    },
    {
      name: 'a proxy behind a closed network',
      values: { config: { proxy: 'http://proxy.example:3128' }, networkPolicy: { enabled: true } },
      message: /networkPolicy\.egress\.proxy\.port/,
    },
    {
      name: 'an ingress for every name',
      values: { ingress: { enabled: true } },
      message: /"ingress\.host" is empty/,
    },
    {
      name: 'two who project the same token',
      values: { workloadIdentity: { enabled: true }, podLabels: { 'azure.workload.identity/use': 'true' } },
      message: /Choose one/,
    },
  ])('$name', async ({ set = 'minimal', values, message, name }) => {
    const { exitCode, stderr } = await template(name === 'to watch nothing' ? undefined : set, values);
    expect(stderr).toMatch(message);
    expect(exitCode).not.toBe(0);
  });
});
