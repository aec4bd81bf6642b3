import { describe, expect, test } from 'vitest';
import {
  CLOUD_NAMES,
  cloudOfResource,
  CLOUDS,
  cloudsAt,
  EXCHANGE_APP_ID,
  hostOf,
  isExchangeHost,
  isExchangeResource,
  isMicrosoftHost,
  isMicrosoftIssuer,
  isTokenHost,
  PARTLY_KNOWN_CLOUDS,
  partlyKnownCloudAt,
} from '../../src/model/microsoft365.ts';
import { EXCHANGE_ONLINE, MICROSOFT_GRAPH, resourceOf } from '../../src/sandbox/directory.ts';
import { createTenant } from '../../src/sandbox/tenant-builder.ts';

describe.each(CLOUD_NAMES)('the cloud %s', (cloud) => {
  const { authority, graphEndpoint, graphScope, mailHost, scope, issuerHosts } = CLOUDS[cloud];

  test('its hosts are known for what they are', () => {
    expect(isExchangeHost(mailHost)).toBe(true);
    expect(isTokenHost(hostOf(authority))).toBe(true);
    expect(isTokenHost(hostOf(graphEndpoint))).toBe(true);
    expect([mailHost, hostOf(authority)].every(isMicrosoftHost)).toBe(true);
  });

  test('its scopes ask for Exchange Online and for Graph', () => {
    expect(isExchangeResource(scope)).toBe(true);
    expect(graphScope).toBe(`${graphEndpoint}/.default`);
  });

  test("its issuers, and the authority instead of them, are Microsoft's", () => {
    const issuers = [...issuerHosts, hostOf(authority)].map((host) => `https://${host}/contoso.example/`);
    expect(issuers.filter((issuer) => !isMicrosoftIssuer(issuer))).toEqual([]);
  });

  test('its audiences are those that the sandbox accepts, whose table is a second opinion', () => {
    const tenant = createTenant({ servedCloud: cloud, homeCloud: cloud });
    const own = [...CLOUDS[cloud].resourceHosts.map((host) => `https://${host}`), EXCHANGE_APP_ID];
    expect(own.filter((audience) => resourceOf(tenant, audience) !== EXCHANGE_ONLINE)).toEqual([]);
    expect(resourceOf(tenant, graphEndpoint)).toBe(MICROSOFT_GRAPH);
    const accepted = CLOUD_NAMES.flatMap((name) => CLOUDS[name].resourceHosts).filter(
      (host) => resourceOf(tenant, `https://${host}`) === EXCHANGE_ONLINE,
    );
    const issuingClouds = new Set(cloudsAt(authority));
    const clouds = accepted.map((host) => cloudOfResource(host));
    expect(clouds.filter((one) => one === undefined || !issuingClouds.has(one))).toEqual([]);
  });
});

test.each([...PARTLY_KNOWN_CLOUDS])('%s has a sign-in, a Graph, and no hosts of mail', (_name, cloud) => {
  expect(partlyKnownCloudAt(`${cloud.authority}/`)).toBe(cloud);
  expect(CLOUD_NAMES.map((name) => CLOUDS[name].authority)).not.toContain(cloud.authority);
  expect(Object.keys(cloud).toSorted()).toEqual(['authority', 'graphEndpoint', 'graphEnvironment', 'title']);
});

test('the global cloud is known whole', () => {
  expect(partlyKnownCloudAt(CLOUDS.global.authority)).toBeUndefined();
});

test.each([
  'office365.com.example.net',
  'notoffice365.com',
  'outlook.office365.com.evil.example',
  'example.mil',
])("%s is not Microsoft's", (host) => {
  expect(isMicrosoftHost(host)).toBe(false);
  expect(isMicrosoftIssuer(`https://${host}/`)).toBe(false);
});

test.each([
  ['https://Outlook.Office365.com/.default', 'outlook.office365.com'],
  ['outlook.office365.com', 'outlook.office365.com'],
  ['https://127.0.0.1:8443/tenant?x#y', '127.0.0.1'],
])('the host of %s is %s', (url, host) => {
  expect(hostOf(url)).toBe(host);
});
