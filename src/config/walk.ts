/**
 * Follows a path through plain data, and through the schema that describes it. Used for messages and checks that need
 * more than zod reports.
 */
import { z } from 'zod';
import type { Path } from './config-error.ts';

/**
 * Returns the schema at a path, or undefined if there is none. Hints need the schema, because zod reports unknown keys,
 * but not which keys are known.
 */
export function schemaAt(schema: z.ZodType, path: Path): z.ZodType | undefined {
  let at: unknown = schema;
  for (const step of path) {
    const outer = bare(at);
    at =
      outer instanceof z.ZodObject
        ? outer.shape[step]
        : outer instanceof z.ZodArray
          ? outer.element
          : undefined;
    if (outer instanceof z.ZodRecord) at = outer.valueType;
  }
  return at instanceof z.ZodType ? at : undefined;
}

export function keysAt(schema: z.ZodType, path: Path): readonly string[] {
  const at = bare(schemaAt(schema, path));
  return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
}

/**
 * Returns the key of a nested mapping in which this key is known: `credential` for `secret_file`. Undefined if there is
 * none.
 */
export function holderOf(schema: z.ZodType, path: Path, key: string): string | undefined {
  const holders = keysAt(schema, path).filter((holder) => keysAt(schema, [...path, holder]).includes(key));
  // If several mappings know the key, `defaults` is suggested, because it applies to all mailboxes.
  return holders.includes('defaults') ? 'defaults' : holders[0];
}

function bare(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodPrefault || schema instanceof z.ZodNullable) {
    return bare(schema.unwrap());
  }
  // If a value may be a text or a mapping, only the mapping has keys.
  if (schema instanceof z.ZodUnion)
    return schema.options.map(bare).find((one) => one instanceof z.ZodObject) ?? schema;
  return schema instanceof z.ZodPipe ? bare(schema.in) : schema;
}

/** Returns the value at a path of plain data, or undefined. */
export function valueAt(raw: unknown, path: Path): unknown {
  let at = raw;
  for (const step of path) {
    at = typeof at === 'object' && at !== null ? Object.getOwnPropertyDescriptor(at, step)?.value : undefined;
  }
  return at;
}
