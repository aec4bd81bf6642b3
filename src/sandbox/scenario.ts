/**
 * What a scenario is, and the small steps that the table in `scenarios.ts` is written with. A scenario changes the
 * tenant's data and nothing else: the answers follow.
 */
import type { Protocol } from '../model/protocol.ts';
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
  /** Id of the cause that a verdict should name. */
  readonly cause: string;
  /** Causes that leave the same traces; where the wire cannot tell, these are candidates too. */
  readonly lookAlikes: readonly string[];
  readonly title: string;
  /** Over which protocols it shows. */
  readonly protocols: readonly Protocol[];
  /** Whether the mailbox can still be opened: then the finding is a warning. */
  readonly probes: 'fail' | 'succeed';
  /** What the application must prove itself with for it to show. */
  readonly credential: 'any' | 'secret' | 'certificate';
  /** Shows only to an application that reads Graph. */
  readonly graph: boolean;
  readonly apply: (tenant: Tenant, subject: ScenarioSubject) => void;
}

type Sketch = Pick<Scenario, 'title' | 'apply'> & Partial<Scenario>;

/** `cause` is the name unless it is said. */
export function scenario(name: string, sketch: Sketch): Scenario {
  return {
    name,
    cause: name,
    lookAlikes: [],
    protocols: ['imap', 'pop3'],
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

/** The same on both mail front ends. */
export function mailFault(fault: MailFault): Scenario['apply'] {
  return (tenant) => {
    tenant.faults.imap = fault;
    tenant.faults.pop3 = fault;
  };
}

/** The same for one mailbox over both protocols. */
export function mailboxFault(fault: NonNullable<Mailbox['faults']['imap']>, of: Mailbox): void {
  of.faults = { imap: fault, pop3: fault };
}

/** Takes Exchange's roles away from the enterprise application, and gives these instead. */
export function grant(tenant: Tenant, app: string, roles: readonly string[]): void {
  const principal = servicePrincipalOf(tenant, app);
  const others = principal.grantedRoles.filter((value) => !value.endsWith('.AccessAsApp'));
  principal.grantedRoles = [...others, ...roles];
}

/** A connection that does not come about has the same traces wherever it is lost. */
export const UNREACHABLE: readonly string[] = [
  'tcp-blocked',
  'own-network-down',
  'service-incident',
  'exchange-transient',
];
