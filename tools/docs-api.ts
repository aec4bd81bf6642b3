/** Writes the two tables of docs/api.md from the tables of the server. Run: `node tools/docs-api.ts`. A test holds them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROBLEM_TYPES } from '../src/report/http/problem-types.ts';
import { ROUTES } from '../src/report/routes/routes.ts';

const FILE = join(import.meta.dirname, '../docs/api.md');

/** The text of docs/api.md with its tables made anew. */
export function apiReference(): string {
  const routes = ROUTES.map(({ method, path, access, summary }) => {
    const token = access === 'anyone' ? 'no' : access === 'api' || access === 'act' ? 'yes' : `\`${access}\``;
    return `| \`${method} ${path.replace(':id', 'ID')}\` | ${token} | ${summary} |`;
  });
  const problems = Object.entries(PROBLEM_TYPES).map(
    ([type, [status, title]]) => `| \`urn:mailprobe:problem:${type}\` | ${status} | ${title} |`,
  );
  const text = readFileSync(FILE, 'utf8');
  const withRoutes = between(text, 'routes', ['| route | token | answers |', '|---|---|---|', ...routes]);
  return between(withRoutes, 'problems', ['| `type` | status | title |', '|---|---|---|', ...problems]);
}

/** The whole table stands between two marks: a comment between its rows would end it. */
function between(text: string, name: string, rows: readonly string[]): string {
  const [start, end] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`];
  const from = text.indexOf(start) + start.length;
  return `${text.slice(0, from)}\n${rows.join('\n')}\n\n${text.slice(text.indexOf(end))}`;
}

if (import.meta.main) writeFileSync(FILE, apiReference());
