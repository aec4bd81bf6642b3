/**
 * Creates the JSON Schema of the configuration file, for editors and for docs/configuration.md. Called by `config
 * schema` and `init`.
 */
import { z } from 'zod';
import { isRecord } from '../model/json.ts';
import { rootSchema } from './schema.ts';

const VARIABLE = { $ref: '#/$defs/variable' };
/**
 * The members of a scalar's schema that move into `anyOf`, whose other choice is a variable. Description and default
 * stay outside of `anyOf`, where editors expect them.
 */
const CONSTRAINTS = new Set(['type', 'pattern', 'enum', 'minimum', 'maximum', '$comment']);

/**
 * Returns the schema (draft 2020-12) of the file as written: before defaults are applied, and before `${VAR}` is
 * replaced.
 */
export function configSchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(rootSchema, { io: 'input', target: 'draft-2020-12' });
  const described: unknown = withVariables(schema);
  return {
    $schema,
    title: 'mailprobe configuration',
    ...(isRecord(described) ? described : {}),
    $defs: {
      variable: {
        type: 'string',
        pattern: '\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}',
        description: 'The value of an environment variable.',
      },
    },
  };
}

/** Changes the schema of each scalar that is checked, so that a variable such as `${PORT}` is valid, too. */
function withVariables(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withVariables);
  if (!isRecord(node)) return node;
  const scalar =
    node['type'] === 'integer' ||
    node['type'] === 'boolean' ||
    'enum' in node ||
    typeof node['pattern'] === 'string';
  if (!scalar) {
    const entries = Object.entries(node).filter(([key]) => key !== 'propertyNames');
    const names = 'propertyNames' in node ? { propertyNames: node['propertyNames'] } : {};
    return { ...Object.fromEntries(entries.map(([key, value]) => [key, withVariables(value)])), ...names };
  }
  const pick = (inside: boolean) =>
    Object.fromEntries(Object.entries(node).filter(([key]) => CONSTRAINTS.has(key) === inside));
  return { ...pick(false), anyOf: [pick(true), VARIABLE] };
}
