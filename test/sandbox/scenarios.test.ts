import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createPrivateKey, randomUUID, X509Certificate } from 'node:crypto';
import { SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { PROTOCOL_IDS, type Protocol } from '../../src/model/protocol.ts';
import {
  type CertificateAuthority,
  createCertificateAuthority,
  type IssuedCertificate,
} from '../../src/sandbox/certificates.ts';
import { applicationOf } from '../../src/sandbox/directory.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { applyScenario, BEYOND_THE_TENANT, SCENARIOS } from '../../src/sandbox/scenarios.ts';
import { registerCertificate } from '../../src/sandbox/tenant-builder.ts';
import { tenantSchema } from '../../src/sandbox/tenant.ts';
import { askToken, jsonOf, openDialogue, parametersOf, saslOf, type TokenParameters } from './client.ts';

let authority: CertificateAuthority;
let certificate: IssuedCertificate;
let sandbox: Sandbox;

beforeAll(async () => {
  authority = await createCertificateAuthority('test');
  certificate = await authority.issue({ commonName: 'mailprobe app', names: [] });
  sandbox = await createSandbox({ certificateAuthority: authority, failureDelayMs: 0 });
});
afterEach(() => {
  sandbox.reset();
});
afterAll(async () => {
  await sandbox.close();
});

/** Patience with a probe that should work, and with one that may meet silence. */
const PATIENT_MS = 120_000;
const IMPATIENT_MS = 500;

async function withCertificate(): Promise<TokenParameters> {
  const { client_id: appId = '' } = parametersOf(sandbox);
  sandbox.change((tenant) => {
    registerCertificate(applicationOf(tenant, appId), certificate.cert);
  });
  const thumbprint = new X509Certificate(certificate.cert).fingerprint256.replaceAll(':', '');
  const assertion = await new SignJWT({ jti: randomUUID() })
    .setProtectedHeader({ alg: 'PS256', 'x5t#S256': Buffer.from(thumbprint, 'hex').toString('base64url') })
    .setIssuer(appId)
    .setSubject(appId)
    .setAudience(`${sandbox.authority}/${sandbox.tenant.id}/oauth2/v2.0/token`)
    .setIssuedAt()
    .setExpirationTime('10m')
    .sign(createPrivateKey(certificate.key));
  return {
    ...parametersOf(sandbox),
    client_secret: undefined,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  };
}

/** Does a probe open the mailbox? Whatever goes wrong on the way is a no. */
async function opens(protocol: Protocol, parameters: TokenParameters, ms: number): Promise<boolean> {
  const signal = AbortSignal.timeout(ms);
  try {
    const token = jsonOf(await askToken(sandbox, parameters, { signal })).access_token;
    if (typeof token !== 'string') return false;
    const dialogue = await Promise.race([openDialogue(sandbox[protocol], sandbox.ca), late(signal)]);
    const talk = async (): Promise<boolean> => {
      const sasl = saslOf('qms@contoso.example', token);
      const greeting = await dialogue.read();
      if (greeting?.startsWith(protocol === 'imap' ? '* OK' : '+OK') !== true) return false;
      if (protocol === 'imap') {
        await dialogue.say(`a1 AUTHENTICATE XOAUTH2 ${sasl}`);
        return (await dialogue.say('a2 EXAMINE INBOX'))?.startsWith('a2 OK') === true;
      }
      await dialogue.say('AUTH XOAUTH2');
      await dialogue.say(sasl);
      return (await dialogue.say('STAT'))?.startsWith('+OK') === true;
    };
    return await Promise.race([talk(), late(signal)]).finally(dialogue.close);
  } catch {
    return false;
  }
}

async function late(signal: AbortSignal): Promise<never> {
  return await new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(new Error('too late'));
    });
  });
}

describe.each(PROTOCOL_IDS)('over %s', (protocol) => {
  test.each(SCENARIOS)('$name: $title', async (scenario) => {
    const parameters =
      scenario.credential === 'certificate' ? await withCertificate() : parametersOf(sandbox);
    expect(await opens(protocol, parameters, PATIENT_MS)).toBe(true);
    sandbox.change((tenant) => {
      applyScenario(tenant, scenario.name);
    });
    const fails = scenario.probes === 'fail' && scenario.protocols.includes(protocol);
    expect(await opens(protocol, parameters, fails ? IMPATIENT_MS : PATIENT_MS)).toBe(!fails);
    expect(tenantSchema.safeParse(sandbox.tenant).error).toBeUndefined();
  });
});

test('every name is used once, and is fit for a path', () => {
  const names = SCENARIOS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.filter((name) => !/^[a-z0-9-]+$/.test(name))).toEqual([]);
});

test('no cause is both shown and listed as beyond the tenant', () => {
  const beyond = Object.keys(BEYOND_THE_TENANT);
  expect(SCENARIOS.filter(({ cause }) => beyond.includes(cause))).toEqual([]);
});

test('a scenario of one mailbox leaves its neighbor alone', () => {
  sandbox.change((tenant) => {
    applyScenario(tenant, 'mailbox-permission-missing', { mailbox: 'service@contoso.example' });
  });
  expect(sandbox.tenant.mailboxes.map(({ fullAccess }) => fullAccess.length)).toEqual([1, 0]);
});

test('the documentation names every scenario and every cause beyond the tenant', () => {
  const text = readFileSync(resolve(import.meta.dirname, '../../docs/sandbox.md'), 'utf8');
  const missing = [...SCENARIOS.map(({ name }) => name), ...Object.keys(BEYOND_THE_TENANT)].filter(
    (name) => !text.includes(`\`${name}\``),
  );
  expect(missing).toEqual([]);
});
