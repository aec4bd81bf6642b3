/**
 * The schema of `http`, which protects the HTTP interface. It holds the sources of tokens and keys, never their values.
 */
import { z } from 'zod';
import { EXPOSURES } from '../model/exposure.ts';
import { choice, path, words } from './fields.ts';
import { host } from './nouns-schema.ts';
import { shownKind } from './shown.ts';

const tls = z
  .strictObject(
    {
      certificate_file: path('a PEM certificate', shownKind).describe(
        'Certificate (PEM), followed by its chain.',
      ),
      private_key_file: path('the private key of the certificate', shownKind).describe(
        'Private key (PEM, without passphrase) of `certificate_file`.',
      ),
    },
    words('a mapping such as { certificate_file: server.pem, private_key_file: server.key }'),
  )
  .describe(
    'Serves over TLS. The files are read again when they change. Adding or removing `tls` takes effect at a restart.',
  );

export const http = z.strictObject(
  {
    tokens_file: path('a file with bearer tokens', shownKind)
      .optional()
      .describe(
        'File of bearer tokens, one per line, each of 16 or more letters, digits and `-._~+/=`; `#` begins a comment. There may be several, so that tokens can be rotated. Read again when it changes. Without it, everyone who can connect can request everything.',
      ),
    public: z
      .array(choice(EXPOSURES), words('a list such as [metrics]'))
      .prefault([])
      .describe(
        'Routes that need no token even if tokens are set. `/livez`, `/readyz` and the one word of `/health` never need one.',
      ),
    tls: tls.optional(),
    hosts: z
      .array(host, words('a list of host names'))
      .prefault([])
      .describe(
        'Host names that requests may use, in addition to those of the loopback. Checked only if `listen` is a loopback address and no tokens are set. This keeps a web page from reaching mailprobe under a host name of its own.',
      ),
  },
  words('a mapping such as { tokens_file: tokens }'),
);

export type HttpInFile = z.output<typeof http>;
