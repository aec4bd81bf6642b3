/** The addresses on which the front ends of the sandbox listen. Used by `sandbox.ts`. */
import { perProtocol, PROTOCOL_IDS } from '../model/protocol.ts';
import type { FrontName, MailFrontName } from './fronts.ts';

interface Address {
  readonly host: string;
  readonly port: number;
}

/** The addresses of a sandbox. Its mail servers are named like `imap` and `imapStartTls`. */
export interface Addresses extends Readonly<Record<MailFrontName, Address>> {
  /** `https://127.0.0.1:port` */
  readonly authority: string;
  readonly graphEndpoint: string;
  /** `http://127.0.0.1:port` of the control API. */
  readonly control: string;
}

export function addressesOf(
  host: string,
  listeners: Readonly<Record<FrontName, { readonly port: number }>>,
): Addresses {
  return {
    authority: `https://${host}:${listeners.entra.port}`,
    graphEndpoint: `https://${host}:${listeners.graph.port}`,
    control: `http://${host}:${listeners.control.port}`,
    ...perProtocol((protocol) => ({ host, port: listeners[protocol].port })),
    imapStartTls: { host, port: listeners.imapStartTls.port },
    pop3StartTls: { host, port: listeners.pop3StartTls.port },
  };
}

/** The addresses in the form that the control API shows. */
export function shownAddresses(addresses: Addresses): Readonly<Record<string, string>> {
  const { authority, graphEndpoint, control } = addresses;
  const text = ({ host, port }: Address): string => `${host}:${port}`;
  return {
    authority,
    graph_endpoint: graphEndpoint,
    ...Object.fromEntries(PROTOCOL_IDS.map((protocol) => [protocol, text(addresses[protocol])])),
    ...Object.fromEntries(
      PROTOCOL_IDS.map((protocol) => [`${protocol}_starttls`, text(addresses[`${protocol}StartTls`])]),
    ),
    control,
  };
}
