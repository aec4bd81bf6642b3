/**
 * Starts all front ends on their ports, with their network faults. Either all of them listen, or none does. Called by
 * `sandbox.ts`.
 */
import { PROTOCOL_IDS, type Protocol } from '../model/protocol.ts';
import type { HttpFront } from './http-front.ts';
import { IMAP } from './imap.ts';
import { createListener, type Listener, type ListenerOptions } from './listener.ts';
import { type MailFrontOptions, type MailProtocol, serveMail } from './mail-front.ts';
import { POP3 } from './pop3.ts';
import type { Tenant } from './tenant.ts';

export type FrontName = 'control' | 'entra' | 'graph' | MailFrontName;
/**
 * `imap` and `pop3` use TLS from the first byte. `imapStartTls` and `pop3StartTls` are upgraded by STARTTLS or STLS.
 */
export type MailFrontName = Protocol | `${Protocol}StartTls`;

export const FRONT_NAMES: readonly FrontName[] = [
  'control',
  'entra',
  'graph',
  ...PROTOCOL_IDS,
  ...PROTOCOL_IDS.map((protocol) => `${protocol}StartTls` as const),
];

export interface FrontsOptions {
  readonly host: string;
  readonly ports: Partial<Record<FrontName, number>>;
  readonly tenant: () => Tenant;
  readonly secureContext: ListenerOptions['secureContext'];
  readonly http: Readonly<Record<'control' | 'entra' | 'graph', HttpFront>>;
  readonly mail: MailFrontOptions;
}

type Front = Pick<ListenerOptions, 'tls' | 'fault' | 'serve'>;

export async function openFronts(options: FrontsOptions): Promise<Readonly<Record<FrontName, Listener>>> {
  const { host, ports, secureContext, tenant, http, mail } = options;
  const opened: Listener[] = [];
  const open = async (name: FrontName, front: Front): Promise<Listener> => {
    const listener = await createListener({ host, port: ports[name] ?? 0, secureContext, ...front });
    opened.push(listener);
    return listener;
  };
  const faultOf = (name: 'entra' | 'graph' | Protocol) => (): string => tenant().faults[name].kind;
  try {
    return {
      control: await open(
        'control',
        httpFront(http.control, 'none', () => 'healthy'),
      ),
      entra: await open('entra', httpFront(http.entra, 'implicit', faultOf('entra'))),
      graph: await open('graph', httpFront(http.graph, 'implicit', faultOf('graph'))),
      imap: await open('imap', mailFront(IMAP, mail, false, faultOf('imap'))),
      pop3: await open('pop3', mailFront(POP3, mail, false, faultOf('pop3'))),
      imapStartTls: await open('imapStartTls', mailFront(IMAP, mail, true, faultOf('imap'))),
      pop3StartTls: await open('pop3StartTls', mailFront(POP3, mail, true, faultOf('pop3'))),
    };
  } catch (error) {
    await Promise.all(opened.map(async (listener) => await listener.close()));
    throw error;
  }
}

function httpFront(front: HttpFront, tls: Front['tls'], fault: Front['fault']): Front {
  return {
    tls,
    fault,
    serve: ({ socket }) => {
      front.serve(socket);
    },
  };
}

function mailFront(
  protocol: MailProtocol,
  options: MailFrontOptions,
  upgradable: boolean,
  fault: Front['fault'],
): Front {
  return {
    tls: upgradable ? 'on-demand' : 'implicit',
    fault,
    serve: (connection) => {
      void serveMail(protocol, options, connection, upgradable);
    },
  };
}
