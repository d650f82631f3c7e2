import type { LocalizedText } from '../../../core/plugin/contract.ts';

/** A variable that an issue declares and gives a value: the template may speak of nothing else. */
export interface Variable {
  readonly name: string;
  readonly type: 'TEXT' | 'FLAG' | 'LIST';
  readonly text?: string;
  readonly flag?: boolean;
  readonly list?: readonly string[];
}

export interface TemplateProblem {
  readonly code: string;
  readonly text: LocalizedText;
  /** `template:LINE` or `variables.NAME`. */
  readonly path: string;
}

export const VARIABLES_MAX = 20;
export const TEXT_CHARACTERS_MAX = 300;
export const LIST_ITEMS_MAX = 20;

const NAME = /^[a-z][A-Za-z0-9]{0,29}$/;
/** Words that Handlebars reads otherwise, and names that every object answers to. */
const TAKEN = new Set([
  'if',
  'unless',
  'each',
  'with',
  'lookup',
  'log',
  'this',
  'else',
  'true',
  'false',
  'null',
  'undefined',
  'constructor',
  'helperMissing',
  'blockHelperMissing',
  'hasOwnProperty',
  'isPrototypeOf',
  'propertyIsEnumerable',
  'toString',
  'toLocaleString',
  'valueOf',
]);

/** What speaks against the variables as an editor states them. */
export function variableProblems(variables: readonly Variable[]): TemplateProblem[] {
  const problems: TemplateProblem[] = [];
  const against = (name: string, zh: string, en: string) =>
    problems.push({
      code: 'SMS_VARIABLE_INVALID',
      text: { zh: `变量 ${name}：${zh}`, en: `The variable ${name}: ${en}` },
      path: `variables.${name}`,
    });
  if (variables.length > VARIABLES_MAX)
    against('*', `最多 ${VARIABLES_MAX} 个。`, `there may be ${VARIABLES_MAX} at most.`);
  const seen = new Set<string>();
  for (const { name, type, text, flag, list } of variables) {
    const shown = name.slice(0, 40);
    if (!NAME.test(name) || TAKEN.has(name))
      against(
        shown,
        '名称须为小写字母开头的字母数字，且不能是保留字。',
        'a name is letters and digits from a small letter on, and no reserved word.',
      );
    if (seen.has(name)) against(shown, '重复。', 'it is stated twice.');
    seen.add(name);
    const given = { TEXT: text, FLAG: flag, LIST: list }[type];
    const others = [text, flag, list].filter((one) => one !== undefined).length;
    if (given === undefined || others !== 1)
      against(shown, `须只给出 ${type} 的值。`, `it needs a value of ${type}, and no other.`);
    for (const value of [...(text === undefined ? [] : [text]), ...(list ?? [])])
      if ([...value].length > TEXT_CHARACTERS_MAX || hasControl(value))
        against(
          shown,
          `文本最多 ${TEXT_CHARACTERS_MAX} 个字符，不能含控制字符。`,
          `a text has ${TEXT_CHARACTERS_MAX} characters at most and no control characters.`,
        );
    if ((list ?? []).length > LIST_ITEMS_MAX)
      against(shown, `列表最多 ${LIST_ITEMS_MAX} 项。`, `a list has ${LIST_ITEMS_MAX} items at most.`);
  }
  return problems;
}

/** Values by name, for rendering. */
export function valuesOf(variables: readonly Variable[]): Record<string, unknown> {
  return Object.fromEntries(
    variables.map(({ name, type, text, flag, list }) => [
      name,
      type === 'TEXT' ? text : type === 'FLAG' ? flag : [...(list ?? [])],
    ]),
  );
}

function hasControl(text: string): boolean {
  return /[\u0000-\u0009\u000B-\u001F\u007F\u2028-\u202E\u2066-\u2069]/.test(text);
}
