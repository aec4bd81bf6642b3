/**
 * Follows a path through plain data, and through the schema that describes it. Used where a check needs more than zod
 * reports.
 */
import { z } from 'zod';
import type { Path } from './config-error.ts';

/** The schema at a path: zod reports unknown keys, but not the known ones. */
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

/** The key of a nested mapping that knows this key: `credential` for `secret_file`. */
export function holderOf(schema: z.ZodType, path: Path, key: string): string | undefined {
  const holders = keysAt(schema, path).filter((holder) => keysAt(schema, [...path, holder]).includes(key));
  // Where several have the key, it is meant for all mailboxes.
  return holders.includes('defaults') ? 'defaults' : holders[0];
}

function bare(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodPrefault || schema instanceof z.ZodNullable) {
    return bare(schema.unwrap());
  }
  // A text in place of a mapping has nothing inside.
  if (schema instanceof z.ZodUnion)
    return schema.options.map(bare).find((one) => one instanceof z.ZodObject) ?? schema;
  return schema instanceof z.ZodPipe ? bare(schema.in) : schema;
}

/** The value at a path of plain data, if any. */
export function valueAt(raw: unknown, path: Path): unknown {
  let at = raw;
  for (const step of path) {
    at = typeof at === 'object' && at !== null ? Object.getOwnPropertyDescriptor(at, step)?.value : undefined;
  }
  return at;
}
