/** The judge of the chart's objects finds what is wrong with one. */
import { describe, expect, test } from 'vitest';
import { kubernetesProblems, type KubernetesObject } from '../support/kubernetes-schema.ts';

describe('the judge of Kubernetes objects', () => {
  const service = (spec: object): KubernetesObject & { spec: object } => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'a', labels: { any: 'thing' } },
    spec: { selector: { any: 'thing' }, ...spec },
  });

  test.each([
    { name: 'accepts a good one', object: service({ ports: [{ port: 80 }] }), problems: [] },
    {
      name: 'finds a misspelt field',
      object: service({ ports: [{ port: 80, targetport: 'http' }] }),
      problems: ['v1 Service/spec/ports/0/targetport: there is no such field'],
    },
    {
      name: 'finds a misspelt field at the top',
      object: { ...service({}), specc: {} },
      problems: ['v1 Service/specc: there is no such field'],
    },
    {
      name: 'finds a wrong type',
      object: service({ ports: [{ port: '80' }] }),
      problems: [expect.stringContaining('port must be integer')],
    },
    {
      name: 'admits that it has no schema',
      object: { ...service({}), kind: 'Servise' },
      problems: [expect.stringContaining('no schema')],
    },
  ])('$name', ({ object, problems }) => {
    expect(kubernetesProblems(object)).toEqual(problems);
  });
});
