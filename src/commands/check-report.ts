/** What `check` prints in each format, and the exit code that sums its looks up. Pure but for the palette. */
import type { Diagnosis } from '../model/diagnosis.ts';
import { failedStages } from '../model/evidence.ts';
import { endpointName } from '../model/target.ts';
import { diagnosisView } from '../report/resource/diagnosis.ts';
import { stageView } from '../report/resource/stage.ts';
import { EXIT } from './command.ts';
import { renderLadder } from './ladder.ts';
import { isWarning } from '../diagnosis/is-warning.ts';
import type { JudgedLook } from './probe-once.ts';
import type { Palette } from './palette.ts';
import { renderVerdict } from './verdict.ts';

export type CheckFormat = 'text' | 'json' | 'nagios';

export const CHECK_FORMATS: readonly CheckFormat[] = ['text', 'json', 'nagios'];

/** Nagios' order of badness: critical, then unknown, then warning. */
const WORST_FIRST = [EXIT.critical, EXIT.unknown, EXIT.warning, EXIT.ok];
const WORDS = ['OK', 'WARNING', 'CRITICAL', 'UNKNOWN'] as const;

export function exitCodeOf(looks: readonly JudgedLook[]): number {
  const codes = new Set(looks.map(exitCodeOfLook));
  return WORST_FIRST.find((code) => codes.has(code)) ?? EXIT.unknown;
}

/** A look that we spoiled ourselves, or that our own network did not carry, says nothing about the mailbox. */
function exitCodeOfLook(look: JudgedLook): number {
  if (look.success) return look.diagnoses.some(isWarning) ? EXIT.warning : EXIT.ok;
  const ours = failedStages(look.evidence).some(({ failure }) =>
    ['aborted', 'unexpected'].includes(failure?.kind ?? ''),
  );
  return ours || look.diagnoses[0]?.scope === 'prober' ? EXIT.unknown : EXIT.critical;
}

export function renderCheck(looks: readonly JudgedLook[], format: CheckFormat, palette: Palette): string {
  switch (format) {
    case 'text':
      return renderText(looks, palette);
    case 'json':
      return `${JSON.stringify({ looks: looks.map(lookToJson) }, null, 2)}\n`;
    case 'nagios':
      return renderNagios(looks);
  }
}

/** What is wrong with an app is told in full once, however many of its mailboxes were looked at. */
function renderText(looks: readonly JudgedLook[], palette: Palette): string {
  const told = new Set<string>();
  const render = (diagnosis: Diagnosis): string => {
    const key = `${diagnosis.cause} ${diagnosis.subject} ${diagnosis.title}`;
    if (told.has(key)) return `  ${palette.strong(diagnosis.title)} ${palette.faint('(as above)')}\n`;
    told.add(key);
    return renderVerdict(diagnosis, palette);
  };
  return looks.map((look) => renderLook(look, palette, render)).join('\n');
}

function renderLook(look: JudgedLook, palette: Palette, render: (diagnosis: Diagnosis) => string): string {
  const { mailbox, protocol, endpoint } = look.target;
  const heading = `${palette.strong(mailbox.id)}  ${mailbox.address}  ${protocol}  ${palette.faint(endpointName(endpoint))}`;
  const verdict =
    look.diagnoses.length === 0
      ? `  ${palette.good('The mailbox opens.')}\n`
      : [
          ...(look.success ? [`  ${palette.good('The mailbox opens.')}\n`] : []),
          ...look.diagnoses.map((diagnosis) => render(diagnosis)),
        ].join('\n');
  return `${heading}\n${renderLadder(look.evidence, palette)}\n${verdict}`;
}

function lookToJson(look: JudgedLook): object {
  return {
    mailbox: look.target.mailbox.id,
    protocol: look.target.protocol,
    app: look.target.app.id,
    ok: look.success,
    seconds: look.evidence.seconds,
    suspect: look.evidence.suspect,
    stages: look.evidence.stages.map(stageView),
    diagnoses: look.diagnoses.map(diagnosisView),
  };
}

/** https://nagios-plugins.org/doc/guidelines.html: one line, perfdata behind a bar, details below. */
function renderNagios(looks: readonly JudgedLook[]): string {
  const word = WORDS[exitCodeOf(looks)] ?? 'UNKNOWN';
  const healthy = looks.filter(({ success }) => success).length;
  const worst = looks.find((look) => exitCodeOfLook(look) === exitCodeOf(looks));
  const said = worst?.diagnoses[0]?.title;
  const summary = `${healthy} of ${looks.length} looks succeed${said === undefined ? '' : `; ${said}`}`;
  const performance = looks.flatMap(({ target, evidence }) => {
    const label = `${target.mailbox.id}_${target.protocol}`;
    const messages = evidence.stages.find((stage) => stage.stage === 'open')?.facts;
    return [
      `'${label}_seconds'=${evidence.seconds.toFixed(3)}s;;;0`,
      ...(messages !== undefined && 'messages' in messages && messages.messages !== undefined
        ? [`'${label}_messages'=${messages.messages};;;0`]
        : []),
    ];
  });
  const details = looks.map(({ target, success, diagnoses }) => {
    const state = success ? 'opens' : 'FAILS';
    return `${target.mailbox.id} ${target.protocol} ${state}${diagnoses[0] === undefined ? '' : `: ${diagnoses[0].title}`}`;
  });
  const plain = (text: string): string => text.replaceAll('|', '/').replaceAll('\n', ' ');
  return [`MAILPROBE ${word} - ${plain(summary)} | ${performance.join(' ')}`, ...details.map(plain), ''].join(
    '\n',
  );
}
