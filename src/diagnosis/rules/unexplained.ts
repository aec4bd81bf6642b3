/**
 * Words that no rule knows. Never an error of ours, never a guess: the words themselves, and whom to ask. Whatever
 * stops a name lookup is `dns-failure`, and a logout that fails costs nobody a mailbox.
 */
import { STAGE_NAMES, type StageName } from '../../model/evidence.ts';
import { say } from '../fix/step.ts';
import { REFERENCES } from '../references.ts';
import type { Finding, Rule } from '../rule.ts';
import type { Scene } from '../scene.ts';

const WHAT: Readonly<
  Record<
    Exclude<StageName, 'logout' | 'dns'>,
    { readonly of: string; readonly owner: Rule['owner']; readonly scope: Rule['scope'] }
  >
> = {
  token: { of: 'the token request was refused', owner: 'entra-admin', scope: 'app' },
  claims: { of: 'the token cannot be used', owner: 'entra-admin', scope: 'app' },
  connect: { of: 'the connection failed', owner: 'network-admin', scope: 'endpoint' },
  tls: { of: 'the TLS handshake failed', owner: 'network-admin', scope: 'endpoint' },
  greeting: { of: "the server's greeting is not understood", owner: 'network-admin', scope: 'endpoint' },
  auth: { of: 'the login was refused', owner: 'exchange-admin', scope: 'mailbox' },
  open: { of: 'the mailbox did not open', owner: 'exchange-admin', scope: 'mailbox' },
};

function unexplained(scene: Scene, stage: StageName): Finding | undefined {
  if (stage === 'token')
    return scene.token === undefined
      ? undefined
      : {
          confidence: 'possible',
          about: scene.token.about,
          ...(scene.token.about === 'refresh' ? { severity: 'warning' } : {}),
        };
  if (stage === 'claims') {
    const failed = scene.evidence.stages.some((each) => each.stage === 'claims' && each.outcome === 'failed');
    return failed && !scene.success ? { confidence: 'possible', about: 'claims' } : undefined;
  }
  return scene.mail?.stage === stage ? { confidence: 'possible', about: 'mail' } : undefined;
}

export const UNEXPLAINED_RULES: readonly Rule[] = STAGE_NAMES.filter(
  (stage) => stage !== 'logout' && stage !== 'dns',
).map((stage) => ({
  id: `${stage}-unexplained`,
  title: (names) => {
    const where =
      WHAT[stage].scope === 'app'
        ? names.app
        : WHAT[stage].scope === 'mailbox'
          ? names.mailbox
          : `at ${names.endpoint}`;
    return `${where}: ${WHAT[stage].of}, in words that mailprobe does not know`;
  },
  owner: WHAT[stage].owner,
  scope: WHAT[stage].scope,
  references: [stage === 'token' || stage === 'claims' ? REFERENCES.codes : REFERENCES.mailOauth],
  symptom: `The stage "${stage}" failed with words or a code that no rule knows.`,
  test: () =>
    "Read the words in the evidence: they are the server's or the library's own, and what is known of them is not more than that.",
  lookAlikes: [],
  fallback: true,
  when: (scene) => unexplained(scene, stage),
  fix: () => [
    say(
      "Read the evidence: the words are the server's own. Search for them, and ask whoever runs that server.",
    ),
    say('Tell the mailprobe project of them, with what the cause was in the end, so that it becomes a rule.'),
  ],
}));
