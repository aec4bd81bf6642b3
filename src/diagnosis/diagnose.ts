/**
 * What does it mean? From one look's evidence and its context to named causes, best first. The engine calls
 * it for the daemon and for `check`; it asks every rule, ranks what they found, and lets candidates for one and the same failure name each
 * other. Pure: the same evidence and context give the same answer for ever.
 */
import { CAUSES, type Cause } from '../model/cause.ts';
import type { Context } from '../model/context.ts';
import type { Confidence, Diagnosis, FixStep, LookAlike, Scope } from '../model/diagnosis.ts';
import { isEndedByUs, type Evidence } from '../model/evidence.ts';
import { evidenceLines } from './evidence-lines.ts';
import { MODULES } from './fix/modules.ts';
import { namesAbout, type Names } from './names.ts';
import type { About, Finding, Rule } from './rule.ts';
import { RULES } from './rules.ts';
import { sceneOf, type Scene } from './scene.ts';
import { leftOpen } from './when.ts';

/** Empty for a healthy look without warnings. Problems are made of those without `alternativeTo`. */
export function diagnose(evidence: Evidence, context: Context): readonly Diagnosis[] {
  if (isEndedByUs(evidence)) return [];
  return judge(sceneOf(evidence, context));
}

interface Found {
  readonly cause: Cause;
  readonly rule: Rule;
  readonly finding: Finding;
}

const RANK: Readonly<Record<Confidence, number>> = { certain: 2, likely: 1, possible: 0 };
/** Of failures that are equally sure, the earlier stage comes first: what follows may only follow from it. */
const ORDER: readonly About[] = [
  'network',
  'token',
  'claims',
  'mail',
  'credential',
  'refresh',
  'permissions',
  'clock',
  'certificate',
  'graph',
];

/** Whose host a finding is about, where that is not the mail server's. */
const LEG: Readonly<Partial<Record<About, 'token' | 'both'>>> = {
  token: 'token',
  refresh: 'token',
  network: 'both',
};

export function judge(scene: Scene): readonly Diagnosis[] {
  const loginRefused = scene.mail?.stage === 'auth' || scene.mail?.stage === 'open';
  const found = withoutSuperseded(
    CAUSES.flatMap((cause) => {
      const rule = RULES[cause];
      const finding = rule.when(scene) ?? leftOpen(cause, scene);
      return finding === undefined ? [] : [{ cause, rule, finding }];
    }),
    loginRefused,
  );
  const ranked = found.toSorted(byRank);
  return ranked.map((each) => {
    const leader = leaderOf(each, ranked, loginRefused);
    return diagnosisOf(each, leader, rivalsOf(each, leader, ranked, loginRefused), scene);
  });
}

function byRank(a: Found, b: Found): number {
  return (
    severityRank(b) - severityRank(a) ||
    RANK[b.finding.confidence] - RANK[a.finding.confidence] ||
    ORDER.indexOf(a.finding.about) - ORDER.indexOf(b.finding.about) ||
    (b.finding.weight ?? 0) - (a.finding.weight ?? 0)
  );
}

function severityRank({ rule, finding }: Found): number {
  // What will fail explains nothing that does.
  if (finding.about === 'certificate') return 0;
  const severity = finding.severity ?? rule.severity ?? 'critical';
  return severity === 'critical' ? 2 : severity === 'warning' ? 1 : 0;
}

/** A cut-off prober judges nobody else; a fallback gives way; certainty ends the guessing about the same failure. */
function withoutSuperseded(found: readonly Found[], loginRefused: boolean): readonly Found[] {
  const cutOff = found.find(
    ({ cause, finding }) => cause === 'own-network-down' && finding.confidence === 'certain',
  );
  if (cutOff !== undefined) return [cutOff];
  return found.filter(({ cause, rule, finding }) => {
    const others = found.filter(
      (other) => other.cause !== cause && concernSame(other.finding, finding, loginRefused),
    );
    if (rule.fallback === true && others.some((other) => other.rule.fallback !== true)) return false;
    if (rule.fallback === true && others.some((other) => (other.finding.weight ?? 0) > (finding.weight ?? 0)))
      return false;
    const settled = others.some((other) => other.finding.confidence === 'certain');
    return !settled || finding.confidence === 'certain';
  });
}

/** `network` concerns both legs, the claims' fault explains the refused login that follows from it. */
function concernSame(a: Finding, b: Finding, loginRefused: boolean): boolean {
  if (a.about === b.about) return a.about !== 'credential' && a.about !== 'permissions';
  const pair = new Set<About>([a.about, b.about]);
  if (pair.has('network')) return pair.has('token') || pair.has('mail') || pair.has('refresh');
  return pair.has('claims') && pair.has('mail') && loginRefused;
}

/** The best of those that explain the same failure. */
function leaderOf(each: Found, ranked: readonly Found[], loginRefused: boolean): Found | undefined {
  if (each.finding.confidence === 'certain') return undefined;
  const leader = ranked.find(
    (other) => other === each || concernSame(other.finding, each.finding, loginRefused),
  );
  return leader === each ? undefined : leader;
}

/** The leader names all its rivals, each of them names the leader. */
function rivalsOf(
  each: Found,
  leader: Found | undefined,
  ranked: readonly Found[],
  loginRefused: boolean,
): readonly Cause[] {
  if (leader !== undefined) return [leader.cause];
  return ranked
    .filter((other) => other !== each && concernSame(other.finding, each.finding, loginRefused))
    .map((other) => other.cause);
}

function diagnosisOf(
  { cause, rule, finding }: Found,
  leader: Found | undefined,
  rivals: readonly Cause[],
  scene: Scene,
): Diagnosis {
  const scope = finding.scope ?? rule.scope;
  const about = namesAbout(scene.names, LEG[finding.about] ?? 'mail');
  const names = {
    ...about,
    hits: scope,
    ...(scope === 'app' && rule.scope === 'mailbox' ? { mailbox: `all mailboxes of ${about.app}` } : {}),
  };
  const said = rule.title(names, finding.detail);
  const title = finding.doubtful === true && leader === undefined ? `Possibly: ${said}` : capital(said);
  return {
    cause,
    ...(finding.detail === undefined ? {} : { causeDetail: finding.detail }),
    confidence: finding.confidence,
    scope,
    subject: subjectOf(scope, rule, names),
    owner: rule.owner,
    severity: finding.severity ?? rule.severity ?? 'critical',
    title: finding.remark === undefined ? `${title}.` : `${title}; ${finding.remark}.`,
    evidence: [...evidenceLines(finding.about, scene), ...(finding.because ?? [])],
    fix: withModules(rule.fix(names, finding.detail)),
    ...(rule.takesEffect === undefined ? {} : { takesEffect: rule.takesEffect }),
    lookAlikes:
      finding.confidence === 'certain'
        ? []
        : lookAlikesOf(rule, rivals, names).filter((other) => fitsLeg(other.cause, finding.about)),
    ...(leader === undefined ? {} : { alternativeTo: leader.cause }),
    ...(rule.guideStep === undefined ? {} : { guideStep: rule.guideStep }),
    references: rule.references,
  };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function subjectOf(scope: Scope, { ofHost }: Rule, { subjects, places: [place] }: Names): string {
  if (scope === 'prober') return 'prober';
  if (scope === 'endpoint') return ofHost === true ? place.host : place.endpoint;
  return subjects[scope];
}

/** First those that fit this very evidence, in their order, then those that are often taken for it. */
function lookAlikesOf(rule: Rule, rivals: readonly Cause[], names: Names): readonly LookAlike[] {
  const all = [...rivals.filter((other) => RULES[other].fallback !== true), ...rule.lookAlikes];
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
      text: 'If a command is not found, install its module, once. PowerShell asks for confirmation because PSGallery is not trusted by default.',
      command: `Install-Module -Name ${needed.map(({ module }) => module).join(',')} -Scope CurrentUser`,
      shell: 'powershell',
    },
  ];
}
