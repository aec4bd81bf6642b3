/** The schema of a mail server, once for each protocol. It applies at three levels: top level, app and mailbox. */
import { factsOf, perProtocol } from '../model/protocol.ts';
import { choice, mapping, whole } from './fields.ts';
import { host } from './nouns-schema.ts';

function endpoint({ name, ports: { implicit, starttls } }: ReturnType<typeof factsOf>) {
  return mapping(
    {
      host: host.optional().describe('Host name or IP address.'),
      port: whole('a port from 1 to 65535', 1, 65_535)
        .optional()
        .describe(`Default: ${implicit}, or ${starttls} if \`tls\` is \`starttls\`.`),
      tls: choice(['implicit', 'starttls'])
        .optional()
        .describe(
          '`implicit` (the default): TLS from the first byte. `starttls`: upgraded before the login.',
        ),
    },
    `a mapping such as { host: mail.example, port: ${implicit} }`,
  ).describe(
    `The ${name} server. Keys that are not given come from the next wider level, and finally from the cloud.`,
  );
}

export const endpoints = perProtocol((protocol) => endpoint(factsOf(protocol)).optional());
