/**
 * Renders the stages of one probe as text: outcome, duration and main facts of each, and the server's message if it
 * failed. Printed by `check`.
 */
import type { CertificateFacts, Evidence, Stage } from '../model/evidence.ts';
import { isSuspect } from '../model/starved.ts';
import { flow, type Palette } from './palette.ts';

const OUTCOME_WIDTH = 7;
const STAGE_WIDTH = 9;
const TIME_WIDTH = 8;
/** Where the last column begins. Includes the indentation of a line and the space between the columns. */
const DETAIL_COLUMN = 2 + STAGE_WIDTH + OUTCOME_WIDTH + TIME_WIDTH + 2;

export function renderStages(evidence: Evidence, palette: Palette): string {
  const stages = evidence.stages.map((stage) => `  ${renderStage(stage, palette)}`);
  const doubt = isSuspect(evidence)
    ? [
        palette.doubtful(
          '  This machine was busy during the probe, so the durations may not be those of the server.',
        ),
      ]
    : [];
  return [...stages, ...doubt, ''].join('\n');
}

function renderStage(stage: Stage, palette: Palette): string {
  const name = stage.stage.padEnd(STAGE_WIDTH);
  if (stage.outcome === 'skipped') return palette.faint(`${name}${'-'.padEnd(OUTCOME_WIDTH)}`).trimEnd();
  const time = `${(stage.seconds * 1000).toFixed(0)} ms`.padStart(TIME_WIDTH);
  if (stage.outcome === 'ok') {
    return `${name}${palette.good('ok'.padEnd(OUTCOME_WIDTH))}${time}  ${beside(describeFacts(stage), palette, palette.faint)}`.trimEnd();
  }
  const { failure } = stage;
  const message = [failure?.status, failure?.code && `[${failure.code}]`, failure?.text]
    .filter(Boolean)
    .join(' ');
  const facts = stage.stage === 'tls' ? describeFacts(stage) : '';
  const detail = facts === '' ? '' : `\n${' '.repeat(DETAIL_COLUMN)}${beside(facts, palette, palette.faint)}`;
  return `${name}${palette.bad('FAILED'.padEnd(OUTCOME_WIDTH))}${time}  ${beside(message, palette)}${detail}`;
}

/** Wraps a text within the last column. */
function beside(text: string, palette: Palette, style?: (line: string) => string): string {
  return flow(text, palette, { first: '', indent: DETAIL_COLUMN, ...(style === undefined ? {} : { style }) });
}

/** Returns the most useful facts of a stage, on one line. */
function describeFacts(stage: Stage): string {
  switch (stage.stage) {
    case 'token':
      return joined(
        stage.facts.source === 'cache' && 'from the cache',
        stage.facts.expiresAt !== undefined && `valid until ${new Date(stage.facts.expiresAt).toISOString()}`,
        stage.facts.refreshFailure !== undefined && 'BUT ITS RENEWAL FAILS',
      );
    case 'claims':
      return joined(
        stage.facts.roles !== undefined && `roles ${stage.facts.roles.join(' ')}`,
        stage.facts.objectId !== undefined && `object id ${stage.facts.objectId}`,
      );
    case 'dns':
      return joined(stage.facts.addresses?.join(' '));
    case 'connect':
      return joined(stage.facts.address, stage.facts.proxy !== undefined && `through ${stage.facts.proxy}`);
    case 'tls':
      return joined(
        stage.facts.protocol,
        stage.facts.certificate && describeCertificate(stage.facts.certificate),
      );
    case 'greeting':
      return joined(stage.facts.serverName ?? stage.facts.text);
    case 'auth':
      return joined(stage.facts.mechanism, stage.facts.text);
    case 'open':
      return joined(stage.facts.messages !== undefined && `${stage.facts.messages} messages`);
    case 'logout':
      return '';
  }
}

function describeCertificate(certificate: CertificateFacts): string {
  const until = new Date(certificate.notAfter).toISOString().slice(0, 10);
  return `certificate of ${certificate.subject}, issued by ${certificate.issuer}, until ${until}`;
}

function joined(...parts: readonly (string | false | undefined)[]): string {
  return parts.filter((part) => part !== false && part !== undefined && part !== '').join(', ');
}
