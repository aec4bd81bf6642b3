/** Renders the result of `check` in each format, and derives its exit code. Pure but for the palette. */
import type { Diagnosis } from '../model/diagnosis.ts';
import { failedStages } from '../model/evidence.ts';
import { isSuspect } from '../model/starved.ts';
import { endpointName } from '../model/target.ts';
import { diagnosisView } from '../report/resource/diagnosis.ts';
import { stageView } from '../report/resource/stage.ts';
import { EXIT } from './command.ts';
import { renderLadder } from './ladder.ts';
import { isWarning } from '../diagnosis/is-warning.ts';
import type { JudgedProbe } from './probe-once.ts';
import type { Palette } from './palette.ts';
import { renderVerdict } from './verdict.ts';

export type CheckFormat = 'text' | 'json' | 'nagios';

export const CHECK_FORMATS: readonly CheckFormat[] = ['text', 'json', 'nagios'];

/** Nagios' order of severity: critical, then unknown, then warning. */
const WORST_FIRST = [EXIT.critical, EXIT.unknown, EXIT.warning, EXIT.ok];
const STATES = ['OK', 'WARNING', 'CRITICAL', 'UNKNOWN'] as const;

export function exitCodeOf(probes: readonly JudgedProbe[]): number {
  const codes = new Set(probes.map(exitCodeOfProbe));
  return WORST_FIRST.find((code) => codes.has(code)) ?? EXIT.unknown;
}

/** An aborted probe, or one that this machine's own network failed, shows nothing about the mailbox. */
function exitCodeOfProbe(probe: JudgedProbe): number {
  if (probe.success) return probe.diagnoses.some(isWarning) ? EXIT.warning : EXIT.ok;
  const ours = failedStages(probe.evidence).some(({ failure }) =>
    ['aborted', 'unexpected'].includes(failure?.kind ?? ''),
  );
  return ours || probe.diagnoses[0]?.scope === 'prober' ? EXIT.unknown : EXIT.critical;
}

export function renderCheck(probes: readonly JudgedProbe[], format: CheckFormat, palette: Palette): string {
  switch (format) {
    case 'text':
      return renderText(probes, palette);
    case 'json':
      return `${JSON.stringify({ probes: probes.map(probeToJson) }, null, 2)}\n`;
    case 'nagios':
      return renderNagios(probes);
  }
}

/** Prints each diagnosis in full once, and refers back to it for the other mailboxes of the app. */
function renderText(probes: readonly JudgedProbe[], palette: Palette): string {
  const shown = new Set<string>();
  const render = (diagnosis: Diagnosis): string => {
    const key = `${diagnosis.cause} ${diagnosis.subject} ${diagnosis.title}`;
    if (shown.has(key)) return `  ${palette.strong(diagnosis.title)} ${palette.faint('(as above)')}\n`;
    shown.add(key);
    return renderVerdict(diagnosis, palette);
  };
  return probes.map((probe) => renderProbe(probe, palette, render)).join('\n');
}

function renderProbe(probe: JudgedProbe, palette: Palette, render: (diagnosis: Diagnosis) => string): string {
  const { mailbox, protocol, endpoint } = probe.target;
  const heading = `${palette.strong(mailbox.id)}  ${mailbox.address}  ${protocol}  ${palette.faint(endpointName(endpoint))}`;
  const verdict =
    probe.diagnoses.length === 0
      ? `  ${palette.good('The mailbox opens.')}\n`
      : [
          ...(probe.success ? [`  ${palette.good('The mailbox opens.')}\n`] : []),
          ...probe.diagnoses.map((diagnosis) => render(diagnosis)),
        ].join('\n');
  return `${heading}\n${renderLadder(probe.evidence, palette)}\n${verdict}`;
}

function probeToJson(probe: JudgedProbe): object {
  return {
    mailbox: probe.target.mailbox.id,
    protocol: probe.target.protocol,
    app: probe.target.app.id,
    ok: probe.success,
    seconds: probe.evidence.seconds,
    suspect: isSuspect(probe.evidence),
    stages: probe.evidence.stages.map(stageView),
    diagnoses: probe.diagnoses.map(diagnosisView),
  };
}

/** One line, perfdata after a bar, details below: https://nagios-plugins.org/doc/guidelines.html */
function renderNagios(probes: readonly JudgedProbe[]): string {
  const state = STATES[exitCodeOf(probes)] ?? 'UNKNOWN';
  const healthy = probes.filter(({ success }) => success).length;
  const worst = probes.find((probe) => exitCodeOfProbe(probe) === exitCodeOf(probes));
  const title = worst?.diagnoses[0]?.title;
  const summary = `${healthy} of ${probes.length} probes succeed${title === undefined ? '' : `; ${title}`}`;
  const performance = probes.flatMap(({ target, evidence }) => {
    const label = `${target.mailbox.id}_${target.protocol}`;
    const messages = evidence.stages.find((stage) => stage.stage === 'open')?.facts;
    return [
      `'${label}_seconds'=${evidence.seconds.toFixed(3)}s;;;0`,
      ...(messages !== undefined && 'messages' in messages && messages.messages !== undefined
        ? [`'${label}_messages'=${messages.messages};;;0`]
        : []),
    ];
  });
  const details = probes.map(({ target, success, diagnoses }) => {
    const result = success ? 'opens' : 'FAILS';
    return `${target.mailbox.id} ${target.protocol} ${result}${diagnoses[0] === undefined ? '' : `: ${diagnoses[0].title}`}`;
  });
  const plain = (text: string): string => text.replaceAll('|', '/').replaceAll('\n', ' ');
  return [
    `MAILPROBE ${state} - ${plain(summary)} | ${performance.join(' ')}`,
    ...details.map(plain),
    '',
  ].join('\n');
}
