/** What the Helm chart refuses, and in which words: odd values end `helm install`, not the pod. */
import { describe, expect, test } from 'vitest';
import { provisionHelm } from '../support/helm.ts';
import { template } from './render.ts';

describe.runIf(provisionHelm())('the Helm chart refuses', () => {
  const app = { id: 'plm', tenant: 'contoso.example', client_id: crypto.randomUUID() };
  test.each([
    { name: 'to watch nothing', set: undefined, values: {}, words: /Nothing to watch.*config\.apps/ },
    { name: 'a misspelt value', values: { replicaCount: 2 }, words: /replicaCount.*not allowed/ },
    {
      name: 'a misspelt value further in',
      values: { image: { tagg: '1' } },
      words: /image.*tagg.*not allowed/s,
    },
    {
      name: 'a misspelt key of the configuration',
      values: { config: { apps: [{ ...app, credential: { secret_fil: 'x' } }] } },
      words: /config\/apps\/0\/credential.*secret_fil.*not allowed/s,
    },
    {
      name: 'a secret in the configuration',
      values: { config: { apps: [{ ...app, credential: { secret: 'x' } }] } },
      words: /'secret'.*not allowed/,
    },
    {
      name: 'an interval without unit',
      values: { config: { defaults: { interval: 300 } } },
      words: /config\/defaults\/interval/,
    },
    {
      name: 'a port as text',
      values: { containerPort: '10993' },
      words: /containerPort.*got string, want integer/,
    },
    { name: 'a port that needs root', values: { containerPort: 993 }, words: /containerPort.*minimum/ },
    { name: 'a digest that is none', values: { image: { digest: 'latest' } }, words: /image\/digest/ },
    { name: 'a tag in the repository', values: { image: { repository: 'a b' } }, words: /image\/repository/ },
    {
      name: 'a label that is no text',
      values: { podLabels: { version: 2 } },
      words: /podLabels\/version.*want string/,
    },
    {
      name: 'a pull policy that there is not',
      values: { image: { pullPolicy: 'Sometimes' } },
      words: /pullPolicy/,
    },
    {
      name: 'an unknown alert',
      values: { prometheusRule: { enabled: true, disabled: ['Nope'] } },
      words: /names Nope.*MailprobeAbsent/,
    },
    {
      name: 'two configurations',
      values: { existingConfigMap: 'mine' },
      words: /Both "config" and "existingConfigMap"/,
    },
    {
      name: 'two sources of secrets',
      values: { secrets: { csi: { secretProviderClass: 'vault' } } },
      words: /Both "secrets\.existingSecret" and "secrets\.csi/,
    },
    {
      name: 'to listen on the loopback',
      values: { config: { listen: '127.0.0.1:10993' } },
      words: /nobody outside the container/,
    },
    {
      name: 'to listen where no probe probes',
      values: { config: { listen: '0.0.0.0:8080' } },
      words: /expects port 10993/,
    },
    {
      name: 'metrics that nobody could scrape',
      values: { config: { http: { tokens_file: '/tokens' } }, serviceMonitor: { enabled: true } },
      words: /closes \/metrics/,
    },
    {
      name: 'a proxy behind a closed network',
      values: { config: { proxy: 'http://proxy.example:3128' }, networkPolicy: { enabled: true } },
      words: /networkPolicy\.egress\.proxy\.port/,
    },
    {
      name: 'an ingress for every name',
      values: { ingress: { enabled: true } },
      words: /"ingress\.host" is empty/,
    },
    {
      name: 'two who project the same token',
      values: { workloadIdentity: { enabled: true }, podLabels: { 'azure.workload.identity/use': 'true' } },
      words: /Choose one/,
    },
  ])('$name', async ({ set = 'minimal', values, words, name }) => {
    const { exitCode, stderr } = await template(name === 'to watch nothing' ? undefined : set, values);
    expect(stderr).toMatch(words);
    expect(exitCode).not.toBe(0);
  });
});
