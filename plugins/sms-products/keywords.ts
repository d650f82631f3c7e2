/** What a client's text asks for. */
export type Command =
  | { readonly is: 'ORDER' | 'QUERY'; readonly keyword: string }
  | { readonly is: 'YES' }
  | { readonly is: 'END'; readonly keyword: string }
  /** `TD`, `退订`: ends the only package, else lists them. */
  | { readonly is: 'END_ANY' }
  /** `T`, `R`: no more marketing. */
  | { readonly is: 'STOP' }
  /** Nothing that is understood for sure. */
  | { readonly is: 'HELP' };

/** Three digits: what a product's attribute `keyword` holds. */
export const KEYWORD = /^\d{3}$/;

/** Longer texts are no commands; an operator joins at most this much. */
const TEXT_MAX = 500;

const NUMBERED = /^(DZ|订阅|CX|查询|TD|退订) ?(\d{3})$/;
const WHOLE: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['Y', { is: 'YES' }],
  ['TD', { is: 'END_ANY' }],
  ['退订', { is: 'END_ANY' }],
  ['T', { is: 'STOP' }],
  ['R', { is: 'STOP' }],
]);
const NUMBERED_AS: Readonly<Record<string, 'ORDER' | 'QUERY' | 'END'>> = {
  DZ: 'ORDER',
  订阅: 'ORDER',
  CX: 'QUERY',
  查询: 'QUERY',
  TD: 'END',
  退订: 'END',
};

/**
 * Reads an inbound text, in any case and width, with spaces anywhere around and punctuation behind. Whatever could mean
 * two things is answered with help rather than guessed: an order costs money.
 */
export function readCommand(text: string): Command {
  if (text.length > TEXT_MAX) return { is: 'HELP' };
  const plain = text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\u200B-\u200D\uFEFF]+/g, ' ')
    .trim()
    .replace(/ ?[.,!。、!]+$/, '')
    .replace(/^["'“‘「](.*)["'”’」]$/, '$1');
  const whole = WHOLE.get(plain);
  if (whole) return whole;
  const [, word, keyword] = NUMBERED.exec(plain) ?? [];
  return word === undefined ? { is: 'HELP' } : { is: NUMBERED_AS[word]!, keyword: keyword! };
}
