/**
 * Words that no rule knows. Never an error of ours, never a guess: the words themselves, and whom to ask. Whatever
 * stops a name lookup is `dns-failure`, and a logout that fails costs nobody a mailbox.
 */
import type { StageName } from '../../model/evidence.ts';
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
    return failed && !facts.success ? { confidence: 'possible', about: 'claims' } : undefined;
  }
  return facts.mail?.stage === stage ? { confidence: 'possible', about: 'mail' } : undefined;
}

/** What is wrong with whom, and who is asked first. */
interface Unexplained {
  readonly of: string;
  readonly owner: Rule['owner'];
  readonly scope: 'app' | 'endpoint' | 'mailbox';
}

function ruleAt(stage: StageName, { of, owner, scope }: Unexplained): Rule {
  return {
    title: (names) => {
      const where = { app: names.app, mailbox: names.mailbox, endpoint: `at ${names.endpoint}` }[scope];
      return `${where}: ${of}, in words that mailprobe does not know`;
    },
    owner,
    scope,
    references: [stage === 'token' || stage === 'claims' ? REFERENCES.codes : REFERENCES.mailOauth],
    symptom: `The stage "${stage}" failed with words or a code that no rule knows.`,
    test: () =>
      "Read the words in the evidence: they are the server's or the library's own, and what is known of them is not more than that.",
    lookAlikes: [],
    fallback: true,
    when: (facts) => unexplained(facts, stage),
    fix: () => [
      say(
        "Read the evidence: the words are the server's own. Search for them, and ask whoever runs that server.",
      ),
      say(
        'Tell the mailprobe project of them, with what the cause was in the end, so that it becomes a rule.',
      ),
    ],
  };
}

export const UNEXPLAINED_RULES = {
  'token-unexplained': ruleAt('token', {
    of: 'the token request was refused',
    owner: 'entra-admin',
    scope: 'app',
  }),
  'claims-unexplained': ruleAt('claims', {
    of: 'the token cannot be used',
    owner: 'entra-admin',
    scope: 'app',
  }),
  'connect-unexplained': ruleAt('connect', {
    of: 'the connection failed',
    owner: 'network-admin',
    scope: 'endpoint',
  }),
  'tls-unexplained': ruleAt('tls', {
    of: 'the TLS handshake failed',
    owner: 'network-admin',
    scope: 'endpoint',
  }),
  'greeting-unexplained': ruleAt('greeting', {
    of: "the server's greeting is not understood",
    owner: 'network-admin',
    scope: 'endpoint',
  }),
  'auth-unexplained': ruleAt('auth', {
    of: 'the login was refused',
    owner: 'exchange-admin',
    scope: 'mailbox',
  }),
  'open-unexplained': ruleAt('open', {
    of: 'the mailbox did not open',
    owner: 'exchange-admin',
    scope: 'mailbox',
  }),
} satisfies RuleTable;
