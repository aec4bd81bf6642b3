/**
 * The interface of a scenario, and functions that create the rows of the table in `scenarios.ts`. A scenario changes
 * only the tenant's data. The responses are computed from this data.
 */
import type { Cause } from '../model/cause.ts';
import { perProtocol, PROTOCOL_IDS, type Protocol } from '../model/protocol.ts';
import { servicePrincipalOf } from './directory.ts';
import type { EntraFault, GraphFault, MailFault } from './fault.ts';
import type { Mailbox, Tenant } from './tenant.ts';

export interface ScenarioSubject {
  /** Client id of an application of the tenant. */
  readonly app: string;
  /** Primary address of a mailbox of the tenant. */
  readonly mailbox: string;
}

export interface Scenario {
  readonly name: string;
  /** The cause that the diagnosis should name. */
  readonly cause: Cause;
  /** Causes with the same evidence, which are therefore candidates too. */
  readonly lookAlikes: readonly Cause[];
  readonly title: string;
  /** The protocols over which the cause shows. */
  readonly protocols: readonly Protocol[];
  /** `succeed`: the mailbox can still be opened, so the diagnosis is a warning. */
  readonly probes: 'fail' | 'succeed';
  /** The kind of credential with which the cause shows. */
  readonly credential: 'any' | 'secret' | 'certificate';
  /** True if the cause shows only for an application that may read Graph. */
  readonly graph: boolean;
  readonly apply: (tenant: Tenant, subject: ScenarioSubject) => void;
}

type Sketch = Pick<Scenario, 'title' | 'apply'> & Partial<Omit<Scenario, 'cause'>>;

/** Returns a scenario. Its `name` is the cause by default. */
export function scenario(cause: Cause, sketch: Sketch): Scenario {
  return {
    name: cause,
    cause,
    lookAlikes: [],
    protocols: PROTOCOL_IDS,
    probes: 'fail',
    credential: 'any',
    graph: false,
    ...sketch,
  };
}

export function entraFault(fault: EntraFault): Scenario['apply'] {
  return (tenant) => {
    tenant.faults.entra = fault;
  };
}

export function graphFault(fault: GraphFault): Scenario['apply'] {
  return (tenant) => {
    tenant.faults.graph = fault;
  };
}

/** Sets the same fault on every mail front end. */
export function mailFault(fault: MailFault): Scenario['apply'] {
  return (tenant) => {
    for (const protocol of PROTOCOL_IDS) tenant.faults[protocol] = fault;
  };
}

/** Sets the same fault on one mailbox over every protocol. */
export function mailboxFault(fault: NonNullable<Mailbox['faults'][Protocol]>, of: Mailbox): void {
  of.faults = perProtocol(() => fault);
}

/** Replaces the granted roles that end in `.AccessAsApp` by these roles. */
export function grant(tenant: Tenant, app: string, roles: readonly string[]): void {
  const principal = servicePrincipalOf(tenant, app);
  const others = principal.grantedRoles.filter((value) => !value.endsWith('.AccessAsApp'));
  principal.grantedRoles = [...others, ...roles];
}

/** Causes with the same evidence: a connection that was not established. */
export const UNREACHABLE: readonly Cause[] = [
  'tcp-blocked',
  'own-network-down',
  'service-incident',
  'exchange-transient',
];
