/**
 * HTML that is safe from injection. A template tag redacts and escapes every value, except values of the class `Html`.
 * It redacts first, because the redactor would not find an escaped secret.
 */
import type { Redactor } from '../../model/redactor.ts';

/**
 * Text that is safe as HTML. The template tag creates it. Other code creates it only from mailprobe's own style, icons
 * and handbook.
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
