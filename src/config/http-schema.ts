/** How the HTTP interface is protected, as written in the file: the sources of tokens and keys, never their values. */
import { z } from 'zod';
import { EXPOSURES } from '../model/exposure.ts';
import { choice, path, words } from './fields.ts';
import { host } from './nouns-schema.ts';
import { shownKind } from './shown.ts';

const tls = z
  .strictObject(
    {
      certificate_file: path('a PEM certificate', shownKind).describe(
        'Certificate (PEM), its chain after it.',
      ),
      private_key_file: path('the private key of the certificate', shownKind).describe(
        'Private key (PEM, without passphrase) of `certificate_file`.',
      ),
    },
    words('a mapping such as { certificate_file: server.pem, private_key_file: server.key }'),
  )
  .describe(
    'Serves over TLS. The files are read anew when they change; whether there is TLS at all is decided at the start.',
  );

export const http = z.strictObject(
  {
    tokens_file: path('a file with bearer tokens', shownKind)
      .optional()
      .describe(
        'File of bearer tokens, one a line, each of 16 or more letters, digits and `-._~+/=`; `#` begins a comment. Several, so that one can be replaced by another. Read anew when it changes. Without it, who can connect can ask for everything.',
      ),
    public: z
      .array(choice(EXPOSURES), words('a list such as [metrics]'))
      .prefault([])
      .describe(
        'What needs no token although there are tokens. `/livez`, `/readyz` and the one word of `/health` never need one.',
      ),
    tls: tls.optional(),
    hosts: z
      .array(host, words('a list of host names'))
      .prefault([])
      .describe(
        'Names by which it is called, besides those of the loopback. Looked at only where `listen` is a loopback address and there are no tokens: so that no web page can reach it under a name of its own.',
      ),
  },
  words('a mapping such as { tokens_file: tokens }'),
);

export type HttpInFile = z.output<typeof http>;
