/**
 * HTML that is safe from injection: a template tag that escapes every value, except HTML made by the tag or known to be
 * safe. Values are redacted before they are escaped, because escaping would hide a secret from the redactor.
 */
import type { Redactor } from '../../model/redactor.ts';

/**
 * Text that is safe as HTML. Created by the template tag, and directly only from mailprobe's own style, icons and
 * handbook.
 */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type HtmlValue = string | number | undefined | Html | readonly HtmlValue[];
export type HtmlTag = (parts: TemplateStringsArray, ...values: readonly HtmlValue[]) => Html;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function createHtmlTag(redactor: Redactor): HtmlTag {
  const show = (value: HtmlValue): string => {
    if (value === undefined) return '';
    if (typeof value === 'number') return String(value);
    if (typeof value === 'string') {
      return redactor.redact(value).replace(/[&<>"']/g, (char) => ENTITIES[char] ?? '');
    }
    return value instanceof Html ? value.text : value.map(show).join('');
  };
  return (parts, ...values) =>
    new Html(parts.map((part, at) => (at === 0 ? part : show(values[at - 1]) + part)).join(''));
}
