/** Renders the first configuration, which `init` writes, and chooses the ids of its mailboxes. Pure. */

export interface FirstConfig {
  readonly app: string;
  readonly tenant: string;
  readonly clientId: string;
  /** Absolute, or relative to the configuration. */
  readonly secretFile: string;
  readonly addresses: readonly string[];
}

/** Written next to the configuration, so that an editor finds it even if the folder moves. */
export const SCHEMA_FILE = 'mailprobe.schema.json';

/** The values must have been checked by the schemas of the configuration. */
export function renderFirstConfig({ app, tenant, clientId, secretFile, addresses }: FirstConfig): string {
  const mailboxes = nameMailboxes(addresses).flatMap(({ id, address }) => [
    `  - id: ${scalar(id)}`,
    `    address: ${scalar(address)}`,
    `    app: ${scalar(app)}`,
  ]);
  return `# yaml-language-server: $schema=${SCHEMA_FILE}
#
# mailprobe's configuration. docs/configuration.md describes every key.
# To check it:  mailprobe config check    To probe once:  mailprobe check    To keep watching:  mailprobe serve

# Where the status page, /metrics and the API are served. Other machines reach it with 0.0.0.0:10993; read docs/api.md
# about tokens and TLS first.
listen: 127.0.0.1:10993

apps:
  # The id appears in metrics and alerts.
  - id: ${scalar(app)}
    # Entra admin center > App registrations > your app > Overview.
    tenant: ${scalar(tenant)}
    client_id: ${scalar(clientId)}
    credential:
      # A file with only the secret's Value. It is read at each use, so a new secret needs no restart.
      secret_file: ${scalar(secretFile)}
      # The date in the column "Expires" of the secret. With it, you are warned before the secret ends:
      # expires_at: 2027-03-01
    # Who renews the secret; appears in alerts.
    # owner: it-operations

# One entry for each Add-MailboxPermission of the set-up guide. For a single protocol, add protocols: [imap] to a mailbox.
mailboxes:
${mailboxes.join('\n')}
`;
}

/** Makes each id from the part of the address before the @. If several are equal, all but the first get a number. */
function nameMailboxes(
  addresses: readonly string[],
): readonly { readonly id: string; readonly address: string }[] {
  const taken = new Map<string, number>();
  return addresses.map((address) => {
    const name = address
      .slice(0, address.lastIndexOf('@'))
      .toLowerCase()
      .replaceAll(/[^a-z0-9._-]+/g, '-')
      .replace(/^[^a-z0-9]+/, '');
    const base = name === '' ? 'mailbox' : name.slice(0, 90);
    const count = (taken.get(base) ?? 0) + 1;
    taken.set(base, count);
    return { id: count === 1 ? base : `${base}-${count}`, address };
  });
}

const PLAIN = /^(?:[A-Za-z][A-Za-z0-9@._/-]*|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;
const KEYWORD = /^(?:true|false|yes|no|on|off|null|y|n)$/i;

/** Writes a text as a YAML value. Quotes it as in JSON if YAML might read the unquoted text as something else. */
function scalar(value: string): string {
  return PLAIN.test(value) && !KEYWORD.test(value) ? value : JSON.stringify(value);
}
