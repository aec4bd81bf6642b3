/**
 * Texts made to slow an expression down, derived from the expression: what its repetitions repeat, alone and behind
 * what must stand before them, and the beginnings of it over and over.
 */
import { type AST, RegExpParser, visitRegExpAST } from '@eslint-community/regexpp';

/** Characters that the classes of expressions are likely to hold, one for each kind. */
const CANDIDATES = 'a0 -._"\'\\/<&=:;,@%+~([{$#!AzZ9\n\t\u0001éefxF'.split('');
/** Repetitions up to here cost what they cost, whatever the text. */
const FEW = 40;
const MOST_TEXTS = 24;
/** What few expressions take: `.` stops at the line end, a blank before it does not. */
const STRANGE = '\n\0';

/** Functions of the length, without doubles. */
export function hostileTexts(source: string, flags: string): ReadonlyMap<string, (length: number) => string> {
  const unicode = flags.includes('u') || flags.includes('v');
  const pattern = new RegExpParser().parsePattern(source, undefined, undefined, {
    unicode,
    unicodeSets: flags.includes('v'),
  });
  const caseless = flags.includes('i') ? 'i' : '';
  const texts = new Map<string, (length: number) => string>();
  const add = (head: string, pump: string, tail: string): void => {
    if (pump === '' || texts.size >= MOST_TEXTS) return;
    texts.set(
      `${JSON.stringify(head)} ${JSON.stringify(pump)}* ${JSON.stringify(tail)}`,
      (length) => head + pump.repeat(Math.ceil(length / pump.length)) + tail,
    );
  };
  visitRegExpAST(pattern, {
    onQuantifierEnter: (node) => {
      if (node.max < FEW) return;
      const head = headOf(node, caseless);
      for (const pump of samplesOf(node.element, caseless, 3)) {
        add('', pump, STRANGE);
        add(head, pump, STRANGE);
        add('', head + pump, STRANGE);
        add('', head + pump, '');
      }
      add('', head, STRANGE);
    },
  });
  return texts;
}

/** A shortest text that can stand before the node. */
function headOf(node: AST.Node, flags: string): string {
  const { parent } = node;
  if (parent === null) return '';
  const before =
    parent.type === 'Alternative'
      ? parent.elements.slice(
          0,
          parent.elements.findIndex((each) => each === node),
        )
      : [];
  return headOf(parent, flags) + before.map((each) => sampleOf(each, flags)).join('');
}

function sampleOf(node: AST.Element, flags: string): string {
  return samplesOf(node, flags, 1)[0] ?? '';
}

function samplesOf(node: AST.Element, flags: string, most: number): readonly string[] {
  switch (node.type) {
    case 'Character':
      return [String.fromCodePoint(node.value)];
    case 'CharacterClass':
    case 'CharacterSet':
    case 'ExpressionCharacterClass': {
      const one = new RegExp(
        `^${node.raw}$`,
        node.type === 'CharacterSet' && /p\{/i.test(node.raw) ? 'u' : flags,
      );
      return CANDIDATES.filter((each) => one.test(each)).slice(0, most);
    }
    case 'Quantifier': {
      const sample = sampleOf(node.element, flags);
      return node.min === 0 ? ['', sample] : [sample.repeat(Math.min(node.min, FEW))];
    }
    case 'Group':
    case 'CapturingGroup':
      return node.alternatives
        .slice(0, most)
        .map(({ elements }) => elements.map((each) => sampleOf(each, flags)).join(''));
    default:
      return [''];
  }
}
