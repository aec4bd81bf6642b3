/**
 * `mailprobe notify test [CHANNEL...]`: sends a labeled test through each channel, at once and without the daemon, and
 * prints the answer of the receiver. Called by `main.ts`.
 */
import { createChannelEdges } from '../channel-edges.ts';
import type { Config } from '../config/config.ts';
import { isSimulated } from '../is-simulated.ts';
import { loadConfig } from '../config/load.ts';
import { formatErrors } from '../config/config-error.ts';
import type { ChannelSettings } from '../model/notification.ts';
import { createRedactor } from '../model/redactor.ts';
import { cleanText } from '../model/text.ts';
import type { SendResult } from '../notify/channel.ts';
import { createChannel } from '../notify/create-channel.ts';
import { testMessage } from '../notify/list-message.ts';
import { messageId } from '../notify/message-id.ts';
import { createTokenCache } from '../probe/token/token-cache.ts';
import { createReaders } from '../readers.ts';
import { type Command, type CommandIo, EXIT, UsageError } from './command.ts';
import { nearest, parseCommandLine } from './command-line.ts';
import { COMMAND_SPECS } from './command-specs.ts';

const SEND_LIMIT_MS = 30_000;

export const notify: Command = async (args, io) => {
  const { values, positionals } = parseCommandLine(COMMAND_SPECS.notify, args);
  const [subcommand, ...names] = positionals;
  if (subcommand !== 'test')
    throw new UsageError(
      subcommand === undefined ? 'expected test' : `expected test, got "${cleanText(subcommand, 60)}"`,
    );
  const loaded = await loadConfig(values.config, io);
  if (!loaded.ok) {
    io.stderr.write(formatErrors(loaded.errors));
    return EXIT.unknown;
  }
  const channels = choose(loaded.config.notify.channels, names);
  if (channels.length === 0) {
    io.stderr.write(`${values.config} names no channel under notify: nothing was sent.\n`);
    return EXIT.unknown;
  }
  return await sendAll(channels, loaded.config, io);
};

function choose(all: readonly ChannelSettings[], names: readonly string[]): readonly ChannelSettings[] {
  const known = all.map(({ id }) => id);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return names.length === 0 ? all : all.filter(({ id }) => names.includes(id));
  const near = nearest(unknown, known);
  const hint = near === undefined ? '' : ` Did you mean "${near}"?`;
  throw new UsageError(`there is no channel "${cleanText(unknown, 60)}".${hint}`);
}

/** Sends to one channel at a time, so that the printed lines keep the order of the channels. */
async function sendAll(channels: readonly ChannelSettings[], config: Config, io: CommandIo): Promise<number> {
  const redactor = createRedactor();
  const tokens = createTokenCache({ ...createReaders(io), redactor, onAnswer: () => undefined });
  const edges = createChannelEdges({
    env: io.env,
    files: io.files,
    redactor,
    network: () => config.network,
    apps: () => config.apps,
    tokens,
  });
  const { digest, externalUrl } = config.notify;
  const around = {
    timezone: digest.timezone,
    simulated: isSimulated(config),
    ...(externalUrl === undefined ? {} : { externalUrl }),
  };
  let isWell = true;
  for (const settings of channels) {
    const at = Date.now();
    const message = testMessage({ id: messageId(at, [settings.id, 'test']), at }, settings.id, around);
    const signal = AbortSignal.any([io.signal, AbortSignal.timeout(SEND_LIMIT_MS)]);
    const result = await createChannel(settings, edges).send(message, signal);
    isWell &&= result.outcome === 'accepted';
    io.stdout.write(redactor.redact(`${settings.id} (${settings.type}): ${resultText(result)}\n`));
  }
  tokens.close();
  return isWell ? EXIT.ok : EXIT.critical;
}

function resultText(result: SendResult): string {
  return result.outcome === 'accepted' ? `accepted, ${result.answer}` : `not accepted, ${result.reason}`;
}
