import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isSuccess } from '../../src/model/evidence.ts';
import { eachProtocol, factsOf, MAIL_PORTS, otherProtocols, PROTOCOL_IDS } from '../../src/model/protocol.ts';
import { anEvidence, aTarget } from '../support/builders.ts';

describe('the table of protocols', () => {
  test('no two have a port, a role or a switch in common', () => {
    const facts = PROTOCOL_IDS.map(factsOf);
    const values = facts.flatMap(({ role, delegated, exchangeSwitch }) => [
      role.name,
      role.id,
      delegated.name,
      delegated.id,
      exchangeSwitch.name,
    ]);
    expect(new Set(values).size).toBe(values.length);
    expect(new Set(MAIL_PORTS).size).toBe(MAIL_PORTS.length);
  });

  test('the others of a protocol are all but itself', () => {
    for (const protocol of PROTOCOL_IDS)
      expect([protocol, ...otherProtocols(protocol)].toSorted()).toEqual(PROTOCOL_IDS.toSorted());
  });

  test('a text of each is a list that reads', () => {
    expect(eachProtocol(({ name }) => name)).toBe('IMAP and POP3');
    expect(eachProtocol(({ ports }) => ports.implicit, 'or')).toBe('993 or 995');
    expect(eachProtocol(({ name, ports }) => `${name} is ${ports.starttls}`, ',')).toBe(
      'IMAP is 143, POP3 is 110',
    );
  });

  test.each(PROTOCOL_IDS)('%s: a probe succeeds with its final stage, and not before', (protocol) => {
    const evidence = anEvidence({ target: aTarget({ protocol }) });
    const { finalStage } = factsOf(protocol);
    expect(isSuccess(evidence)).toBe(true);
    const cut = evidence.stages.filter(({ stage }) => stage !== finalStage);
    expect(isSuccess({ protocol, stages: cut })).toBe(false);
  });
});

describe('facts that stand once', () => {
  const SRC = resolve(import.meta.dirname, '../../src');
  /** The sandbox keeps its own copy: it is the second opinion. Adapters and phrases are of one protocol each. */
  const OWN = /^(?:sandbox|vocabulary|probe\/protocol)\/|^model\/(?:protocol|microsoft365)\.ts$/;
  const lines = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !OWN.test(path))
    .flatMap((path) =>
      readFileSync(join(SRC, path), 'utf8')
        .split('\n')
        .filter((line) => !/^\s*(?:\*|\/[/*])/.test(line))
        .map((line) => `${path}: ${line.trim()}`),
    );

  test('no code infers one protocol from the absence of the other', () => {
    expect(lines.filter((line) => /[!=]== '(?:imap|pop3)'/.test(line))).toEqual([]);
  });

  test('nothing names a port of a protocol', () => {
    const ports = new RegExp(`\\b(?:${MAIL_PORTS.join('|')})\\b`);
    expect(lines.filter((line) => ports.test(line.replace(/AADSTS\d+/g, '')))).toEqual([]);
  });

  test('nothing names a host of a national cloud', () => {
    const hosts =
      /microsoftonline\.(?:us|cn)|office365\.us|partner\.outlook|chinacloudapi|graph\.microsoft\.us|apps\.mil/;
    expect(lines.filter((line) => hosts.test(line))).toEqual([]);
  });
});
