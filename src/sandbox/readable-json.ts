/** JSON for people at a terminal: each entry of the outer two levels has its own line. Used by the control API. */
export function readableJson(body: object): string {
  return `${block(body, '', (value) => (isNested(value) ? block(value, '  ', JSON.stringify) : JSON.stringify(value)))}\n`;
}

function block(body: object, indent: string, show: (value: unknown) => string): string {
  const isList = Array.isArray(body);
  const lines = Object.entries(body)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${indent}  ${isList ? '' : `${JSON.stringify(name)}: `}${show(value)}`);
  if (lines.length === 0) return isList ? '[]' : '{}';
  return `${isList ? '[' : '{'}\n${lines.join(',\n')}\n${indent}${isList ? ']' : '}'}`;
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
