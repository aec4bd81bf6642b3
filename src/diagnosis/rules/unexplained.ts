/**
 * Rules for failures that no other rule explains, one for each stage. The diagnosis quotes the message, names who can
 * help, and guesses nothing. The stage `dns` has no such rule, because each of its failures is `dns-failure`. The stage
 * `logout` has no such rule, because a failed logout affects no mailbox.
 */
import { isTokenAccepted, type StageName } from '../../model/evidence.ts';
import { say } from '../fix/step.ts';
import { REFERENCES } from '../references.ts';
import type { Finding, Rule, RuleTable } from '../rule.ts';
import type { CaseFacts } from '../case-facts.ts';

function unexplained(facts: CaseFacts, stage: StageName): Finding | undefined {
  if (stage === 'token')
    return facts.token === undefined
      ? undefined
      : {
          confidence: 'possible',
          about: facts.token.about,
          ...(facts.token.about === 'refresh' ? { severity: 'warning' } : {}),
        };
  if (stage === 'claims') {
    const failed = facts.evidence.stages.some((each) => each.stage === 'claims' && each.outcome === 'failed');
    return failed && !facts.success && !isTokenAccepted(facts.evidence)
      ? { confidence: 'possible', about: 'claims' }
      : undefined;
  }
  return facts.mail?.stage === stage ? { confidence: 'possible', about: 'mail' } : undefined;
}

interface Unexplained {
  readonly failure: string;
  readonly owner: Rule['owner'];
  readonly scope: 'app' | 'endpoint' | 'mailbox';
}

function ruleAt(stage: StageName, { failure, owner, scope }: Unexplained): Rule {
  return {
    title: (names) => {
      const where = { app: names.app, mailbox: names.mailbox, endpoint: `at ${names.endpoint}` }[scope];
      return `${where}: ${failure}, with a message that mailprobe does not know`;
    },
    owner,
    scope,
    references: [stage === 'token' || stage === 'claims' ? REFERENCES.codes : REFERENCES.mailOauth],
    symptom: `The stage "${stage}" failed with a message or code that no rule knows.`,
    test: () => "Read the message in the evidence: it is the server's or the library's own.",
    lookAlikes: [],
    fallback: true,
    when: (facts) => unexplained(facts, stage),
    fix: () => [
      say('Search for the message on the internet, and ask the administrator of the server that sent it.'),
      say(
        'Report the message to the mailprobe project, and its cause when you know it, so that mailprobe can name it.',
      ),
    ],
  };
}

export const UNEXPLAINED_RULES = {
  'token-unexplained': ruleAt('token', {
    failure: 'the token request was refused',
    owner: 'entra-admin',
    scope: 'app',
  }),
  'claims-unexplained': ruleAt('claims', {
    failure: 'the token cannot be used',
    owner: 'entra-admin',
    scope: 'app',
  }),
  'connect-unexplained': ruleAt('connect', {
    failure: 'the connection failed',
    owner: 'network-admin',
    scope: 'endpoint',
  }),
  'tls-unexplained': ruleAt('tls', {
    failure: 'the TLS handshake failed',
    owner: 'network-admin',
    scope: 'endpoint',
  }),
  'greeting-unexplained': ruleAt('greeting', {
    failure: "the server's greeting is not understood",
    owner: 'network-admin',
    scope: 'endpoint',
  }),
  'auth-unexplained': ruleAt('auth', {
    failure: 'the login was refused',
    owner: 'exchange-admin',
    scope: 'mailbox',
  }),
  'open-unexplained': ruleAt('open', {
    failure: 'the mailbox did not open',
    owner: 'exchange-admin',
    scope: 'mailbox',
  }),
} satisfies RuleTable;
