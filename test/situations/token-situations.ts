/** Situations of tokens, credentials and permissions. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { grant } from '../../src/sandbox/scenario.ts';
import type { Stage } from '../support/stage.ts';
import { anOffice, applicationOf, principalOf, type Office } from './office.ts';
import { reportedAt, type Situation } from './situation.ts';

const MINUTE = 60_000;

/** Exchange refuses the cached token; a login that is refused has the credential checked, which asks for a new one. */
async function revoke(stage: Stage, change: (office: Stage['sandbox']['tenant']) => void): Promise<void> {
  stage.later(20 * MINUTE);
  stage.sandbox.change((tenant) => {
    principalOf(tenant).tokensValidFrom = new Date().toISOString();
    change(tenant);
  });
  await stage.round(({ mailbox }) => mailbox.id === 'box-1-1');
}

const ISSUER = 'https://kubernetes.contoso.example';
const SUBJECT = 'system:serviceaccount:mail:mailprobe';
const AUDIENCE = 'api://AzureADTokenExchange';

/** A projected token, whose signature the sandbox does not verify. */
function projectedToken(claims: Readonly<Record<string, unknown>>): string {
  const now = Math.floor(Date.now() / 1000);
  const whole = { iss: ISSUER, sub: SUBJECT, aud: AUDIENCE, iat: now, nbf: now, exp: now + 3600, ...claims };
  return [{ alg: 'RS256', kid: 'x' }, whole, 'signature']
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
}

function federated(
  name: string,
  claims: Readonly<Record<string, unknown>>,
  expected: Partial<Situation>,
): Situation {
  return {
    name,
    office: () => {
      const office = anOffice({ credential: { kind: 'federated-token', token: projectedToken(claims) } });
      applicationOf(office.tenant).federated = [
        {
          id: '88888888-0000-4000-8000-000000000008',
          name: 'cluster',
          issuer: ISSUER,
          subject: SUBJECT,
          audience: AUDIENCE,
        },
      ];
      return office;
    },
    play: async (stage) => {
      await stage.settle();
      const broken = reportedAt(stage);
      await writeFile(join(stage.directory, 'app-1.token'), projectedToken({}));
      stage.filesChanged('app-1.token');
      stage.later(20 * MINUTE);
      await stage.round();
      return [broken, reportedAt(stage)];
    },
    story: ['cert-credential-invalid; open: cert-credential-invalid (app)', 'opens'],
    certain: ['cert-credential-invalid'],
    downs: 4,
    ...expected,
  };
}

async function writeSecret({ directory, filesChanged, later }: Stage, text: string): Promise<void> {
  await writeFile(join(directory, 'app-1.secret'), text);
  filesChanged('app-1.secret');
  later(70 * MINUTE);
}

function secretOf({ tenant }: Office): string {
  return applicationOf(tenant).secrets[0]?.value ?? '';
}

export const TOKEN_SITUATIONS: readonly Situation[] = [
  {
    name: 'Exchange refuses a token that still lives (continuous access evaluation), and takes a new one',
    office: () => anOffice(),
    play: async (stage) => {
      await stage.round();
      await revoke(stage, () => undefined);
      await stage.round();
      return [reportedAt(stage)];
    },
    story: ['opens'],
    downs: 0,
  },
  {
    name: 'the application is disabled, and Exchange refuses its living token at once',
    office: () => anOffice(),
    play: async (stage) => {
      await stage.round();
      await revoke(stage, (tenant) => {
        principalOf(tenant).enabled = false;
      });
      await stage.round();
      return [reportedAt(stage)];
    },
    story: ['app-disabled; open: app-disabled (app)'],
    certain: ['app-disabled'],
    downs: 4,
  },
  {
    name: 'the secret file is half written, and then whole',
    office: () => anOffice(),
    play: async (stage, office) => {
      await stage.round();
      const secret = secretOf(office);
      await writeSecret(stage, secret.slice(0, 20));
      await stage.round();
      const half = reportedAt(stage);
      await writeSecret(stage, secret);
      await stage.round();
      return [half, reportedAt(stage)];
    },
    story: ['opens; open: secret-invalid (app)', 'opens'],
    certain: ['secret-invalid'],
    downs: 0,
  },
  {
    name: 'every second request for a token is answered 503',
    office: () => anOffice(),
    play: async (stage) => {
      await stage.round();
      stage.sandbox.change(({ faults }) => {
        faults.entra = { kind: 'unavailable', every: 2 };
      });
      const reported: string[] = [];
      for (let hour = 0; hour < 6; hour += 1) {
        stage.later(50 * MINUTE);
        // One at a time: of several at once, chance decides which share a request.
        for (const target of stage.targets) await stage.round((each) => each === target);
        reported.push(reportedAt(stage));
      }
      return [...new Set(reported)];
    },
    story: ['opens', 'opens; open: token-service-transient (endpoint)'],
    downs: 0,
  },
  {
    name: 'one of the two permissions is granted, and then the other',
    office: () => anOffice({ roles: [] }),
    play: async (stage, { tenant }) => {
      const { appId } = applicationOf(tenant);
      await stage.settle();
      const reported = [reportedAt(stage)];
      for (const roles of [['IMAP.AccessAsApp'], ['IMAP.AccessAsApp', 'POP.AccessAsApp']]) {
        stage.sandbox.change((changed) => {
          grant(changed, appId, roles);
        });
        stage.later(5 * MINUTE);
        await stage.round();
        reported.push(reportedAt(stage));
      }
      return reported;
    },
    story: [
      'app-permission-missing; open: app-permission-missing (app)',
      'opens, then app-permission-missing; open: app-permission-missing (app)',
      'opens',
    ],
    downs: 4,
  },
  federated(
    'the file of a federated credential has expired',
    { iat: 1, nbf: 1, exp: 3600 },
    {
      story: ['assertion-time-invalid; open: assertion-time-invalid (app)', 'opens'],
      certain: [],
    },
  ),
  federated('a federated credential is for another audience', { aud: 'api://other' }, {}),
  federated('a federated credential comes from another issuer', { iss: 'https://other.example' }, {}),
  federated('a federated credential is of another subject', { sub: 'system:serviceaccount:mail:other' }, {}),
];
