/**
 * Makes the diagnosis that people read from a finding: title, subject, fix and look-alikes of the rule, with the names
 * filled in. `diagnose.ts` calls it for each finding.
 */
import type { Cause } from '../model/cause.ts';
import type { Context } from '../model/context.ts';
import { PROBER, type Diagnosis, type FixStep, type LookAlike, type Scope } from '../model/diagnosis.ts';
import { evidenceLines } from './evidence-lines.ts';
import { MODULES } from './fix/modules.ts';
import { namesAbout, namesOfProxy, type Names } from './names.ts';
import { severityOf } from './order.ts';
import type { About, Found, Rule } from './rule.ts';
import { RULES } from './rules.ts';
import type { CaseFacts } from './case-facts.ts';

/**
 * Key: what a finding is about. Value: the hosts that it concerns, which are the token host, or both the token host and
 * the mail host. A finding about anything else concerns the mail host.
 */
const LEG: Readonly<Partial<Record<About, 'token' | 'both'>>> = {
  token: 'token',
  refresh: 'token',
  network: 'both',
};

/**
 * `leader` is the best cause for the same failure. It is absent if the finding is itself the best one, or is certain.
 * `alternatives` are other causes for the same failure: see `alternativesOf`.
 */
export interface Competitors {
  readonly leader?: Cause | undefined;
  readonly alternatives: readonly Cause[];
}

export function composeDiagnosis(
  { cause, finding }: Found,
  { leader, alternatives }: Competitors,
  facts: CaseFacts,
): Diagnosis {
  const rule: Rule = RULES[cause];
  // A failure shared by every mailbox of an app is reported once, for the app.
  const scope: Scope = rule.scope === 'mailbox' ? (finding.scope ?? 'mailbox') : rule.scope;
  const ofLeg = namesAbout(facts.names, LEG[finding.about] ?? 'mail');
  const about = finding.ofProxy === true ? namesOfProxy(ofLeg) : ofLeg;
  const names = {
    ...about,
    hits: scope,
    ...(scope === 'app' && rule.scope === 'mailbox' ? { mailbox: `all mailboxes of ${about.app}` } : {}),
  };
  const text = rule.title(names, finding.detail, finding.expiry);
  const title =
    finding.doubtful === true && leader === undefined ? `Possibly: ${asClause(text)}` : capital(text);
  return {
    cause,
    ...(finding.detail === undefined ? {} : { causeDetail: finding.detail }),
    confidence: finding.confidence,
    scope,
    subject: subjectOf(scope, rule, names, facts.context),
    owner: rule.owner,
    severity: severityOf({ cause, finding }),
    title: finding.titleSuffix === undefined ? `${title}.` : `${title}; ${finding.titleSuffix}.`,
    evidence: [...evidenceLines(finding.about, facts), ...(finding.because ?? [])],
    fix: withModules(rule.fix(names, finding.detail)),
    ...(rule.takesEffect === undefined ? {} : { takesEffect: rule.takesEffect }),
    lookAlikes:
      finding.confidence === 'certain'
        ? []
        : lookAlikesOf(rule, alternatives, names).filter((other) => fitsLeg(other.cause, finding.about)),
    ...(leader === undefined ? {} : { alternativeTo: leader }),
    ...(rule.guideStep === undefined ? {} : { guideStep: rule.guideStep }),
    references: rule.references,
  };
}

/**
 * Makes a first word A, An, The or No lower case, because the text follows a colon. Any other first word may be a name.
 */
function asClause(text: string): string {
  return text.replace(/^(?:A|An|The|No) /, (word) => word.toLowerCase());
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function subjectOf(
  scope: Scope,
  { ofHost }: Rule,
  { subjects, endpoints: [first] }: Names,
  { prober = PROBER }: Context,
): string {
  if (scope === 'prober') return prober;
  if (scope === 'endpoint') return ofHost === true ? first.host : first.endpoint;
  return subjects[scope];
}

/**
 * Returns the alternatives of the finding without fallbacks, and then the causes that the rule lists as look-alikes.
 */
function lookAlikesOf(rule: Rule, alternatives: readonly Cause[], names: Names): readonly LookAlike[] {
  const all = [...alternatives.filter((other) => RULES[other].fallback !== true), ...rule.lookAlikes];
  return [...new Set(all)].map((cause) => ({ cause, test: RULES[cause].test(names) }));
}

function fitsLeg(cause: Cause, about: About): boolean {
  const { mailOnly, scope } = RULES[cause];
  return LEG[about] !== 'token' || (mailOnly !== true && scope !== 'mailbox');
}

function withModules(fix: readonly FixStep[]): readonly FixStep[] {
  const commands = fix.map((step) => step.command ?? '').join('\n');
  const needed = MODULES.filter(({ command }) => commands.includes(command));
  if (needed.length === 0) return fix;
  return [
    ...fix,
    {
      text: 'If a command is not found, install its module once. PowerShell asks for confirmation, because it does not trust PSGallery by default.',
      command: `Install-Module -Name ${needed.map(({ module }) => module).join(',')} -Scope CurrentUser`,
      shell: 'powershell',
    },
  ];
}
