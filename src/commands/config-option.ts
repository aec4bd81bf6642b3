/** The option `--config`, which most commands share, and its default. Used in the specs of the commands. */
import type { OptionSpec } from './command-line.ts';

export const DEFAULT_CONFIG_FILE = 'mailprobe.yaml';

export const CONFIG = {
  type: 'string',
  value: 'FILE',
  default: DEFAULT_CONFIG_FILE,
  text: 'the configuration',
} as const satisfies OptionSpec;
