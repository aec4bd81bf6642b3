/** What an effect of a simulated cmdlet is given, and what it answers. Used by the tables of effects and `simulation.ts`. */
import type { Tenant } from '../../src/sandbox/tenant.ts';

/** What is special about this run; nothing: every sign-in works, and what is created is there at once. */
export interface Situation {
  /** Signing in fails with this message. */
  readonly graphSignIn?: string;
  readonly exchangeSignIn?: string;
  /** The account that signs in to Exchange belongs to another tenant. */
  readonly exchangeTenant?: string;
  /** The account is a partner's: it reaches this tenant with `-DelegatedOrganization` only. */
  readonly partner?: boolean;
  /** Signing in to Exchange fails in a window that has used Graph (msgraph-sdk-powershell#3394). */
  readonly modulesCollide?: boolean;
  /** What was created is found only after this time. */
  readonly appearsAfterSeconds?: number;
  /** Cmdlets that fail with this message. */
  readonly failing?: Readonly<Record<string, string>>;
}

export interface Window {
  graph?: { readonly tenant: string; readonly scopes: readonly string[] };
  exchange?: { readonly tenant: string; readonly user: string };
  usedGraph: boolean;
}

export function createWindow(): Window {
  return { usedGraph: false };
}

export type Control = (
  method: 'GET' | 'PUT' | 'PATCH' | 'POST' | 'DELETE',
  path: string,
  body?: object,
) => Promise<unknown>;

export interface Call {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly set: string;
  readonly window: Window;
  readonly situation: Situation;
  readonly tenant: Tenant;
  readonly control: Control;
  /** What was just created is not found for the time of the situation. */
  readonly hide: (key: string) => void;
  readonly isHidden: (key: string) => boolean;
}

export interface Answer {
  readonly output?: readonly object[];
  readonly warnings?: readonly string[];
  readonly error?: string;
  /** Ends the statement, whatever `-ErrorAction` says. */
  readonly terminating?: boolean;
  /** Exchange's further cmdlets come and go with the connection. */
  readonly connected?: boolean;
}

export type Effect = (call: Call) => Promise<Answer> | Answer;

export class Refusal extends Error {
  readonly terminating: boolean;
  constructor(message: string, terminating = false) {
    super(message);
    this.terminating = terminating;
  }
}

export function textOf(call: Call, name: string): string {
  const value = call.parameters[name];
  return typeof value === 'string' ? value : '';
}

/** Names and ids are compared as Microsoft does. */
export function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
