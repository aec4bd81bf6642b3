/**
 * Parses a query string by the parameters of a route. An unknown parameter is an error. Otherwise a misspelled filter
 * would be ignored, and the answer could be wrong.
 */
import { cleanText } from '../../model/text.ts';
import { type Protocol, PROTOCOL_IDS } from '../../model/protocol.ts';
import type { Selection } from '../select.ts';
import { LABEL_PREFIX, LABELS, type Parameter } from './parameters.ts';
import { ProblemError } from './problem-details.ts';

const STATES = { true: 'up', false: 'down', unknown: 'unknown' } as const;

/** Returns the parameters by name. Throws if a parameter is not in `parameters`, or is given twice. */
export function readQuery(query: unknown, parameters: readonly Parameter[]): ReadonlyMap<string, string> {
  const given = new Map<string, string>();
  for (const [name, value] of Object.entries(typeof query === 'object' && query !== null ? query : {})) {
    if (!parameters.some((parameter) => takes(parameter, name))) {
      throw badParameter(name, `is not known here. ${expected(parameters)}`);
    }
    if (typeof value !== 'string') throw badParameter(name, 'is given more than once. Give it once.');
    given.set(name, value);
  }
  return given;
}

function takes(parameter: Parameter, name: string): boolean {
  if (parameter.in !== 'query') return false;
  return parameter === LABELS
    ? name.startsWith(LABEL_PREFIX) && name !== LABEL_PREFIX
    : name === parameter.name;
}

function expected(parameters: readonly Parameter[]): string {
  const known = parameters.filter((parameter) => parameter.in === 'query');
  if (known.length === 0) return 'This route takes no parameters.';
  return `Known: ${known.map((parameter) => (parameter === LABELS ? `${LABEL_PREFIX}NAME` : parameter.name)).join(', ')}.`;
}

/**
 * `up=false` selects mailboxes that are down over at least one protocol. `up=true` selects mailboxes that are up over
 * all protocols.
 */
export function readSelection(parameters: ReadonlyMap<string, string>): Selection {
  const up = parameters.get('up');
  if (up !== undefined && !isState(up)) {
    throw badParameter('up', `is "${cleanText(up, 40)}". Expected true, false or unknown.`);
  }
  return {
    app: parameters.get('app'),
    mailbox: parameters.get('mailbox'),
    state: up === undefined ? undefined : STATES[up],
    labels: new Map(
      [...parameters].flatMap(([name, value]) =>
        name.startsWith(LABEL_PREFIX) ? [[name.slice(LABEL_PREFIX.length), value] as const] : [],
      ),
    ),
  };
}

function isState(text: string): text is keyof typeof STATES {
  return Object.hasOwn(STATES, text);
}

/** Undefined if the parameter is absent. */
export function readProtocol(parameters: ReadonlyMap<string, string>): Protocol | undefined {
  const given = parameters.get('protocol');
  const protocol = PROTOCOL_IDS.find((p) => p === given);
  if (given !== undefined && protocol === undefined) {
    throw badParameter('protocol', `is "${cleanText(given, 40)}". Expected ${PROTOCOL_IDS.join(' or ')}.`);
  }
  return protocol;
}

/**
 * Returns true for `?name` and `?name=true`. Returns false for `?name=false` and if the parameter is absent. Throws for
 * any other value.
 */
export function readSwitch(parameters: ReadonlyMap<string, string>, name: string): boolean {
  const given = parameters.get(name) ?? 'false';
  if (!['', 'true', 'false'].includes(given)) {
    throw badParameter(name, `is "${cleanText(given, 40)}". Expected true or false.`);
  }
  return given !== 'false';
}

export function badParameter(name: string, what: string): ProblemError {
  return new ProblemError('bad-parameter', `Query parameter "${cleanText(name, 40)}" ${what}`);
}
