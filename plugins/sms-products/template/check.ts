import Handlebars from 'handlebars';
import type { TemplateProblem, Variable } from './variables.ts';

/** UTF-8 bytes of a template's source. */
export const TEMPLATE_BYTES_MAX = 4096;
/** Blocks inside each other. */
export const DEPTH_MAX = 3;
const NODES_MAX = 500;

const BLOCKS = new Set(['if', 'unless', 'each']);
const LOOP_WORDS = new Set(['index', 'first', 'last']);

/**
 * What speaks against a template: everything that is not on a short list. Handlebars itself would call functions that it
 * finds in a value, write to the console, look up prototypes, and be silent on an unknown name inside `{{#if}}`; so its
 * tree is walked before anything runs, and each word of it must be known.
 *
 * Allowed are text, comments, `{{name}}` of a declared text, `{{#if name}}` and `{{#unless name}}` with `{{else}}`, and
 * `{{#each name}}` of a declared list with `{{this}}`, `{{@index}}`, `{{@first}}`, `{{@last}}` inside.
 */
export function templateProblems(source: string, variables: readonly Variable[]): TemplateProblem[] {
  if (Buffer.byteLength(source, 'utf8') > TEMPLATE_BYTES_MAX)
    return [
      refusal(
        'SMS_TEMPLATE_TOO_LARGE',
        1,
        `模板最多 ${TEMPLATE_BYTES_MAX} 字节。`,
        `a template has ${TEMPLATE_BYTES_MAX} bytes at most.`,
      ),
    ];
  let program: hbs.AST.Program;
  try {
    program = Handlebars.parseWithoutProcessing(source);
  } catch (error) {
    const line = Number(/line (\d+)/.exec(String(error))?.[1] ?? 1);
    return [
      refusal(
        'SMS_TEMPLATE_SYNTAX',
        line,
        '语法不正确，请检查花括号是否成对。',
        'it cannot be read. Check that braces and blocks are closed.',
      ),
    ];
  }
  const walk = new Walk(variables);
  walk.program(program, { depth: 0, inEach: false });
  return walk.problems;
}

interface Place {
  readonly depth: number;
  readonly inEach: boolean;
}

class Walk {
  readonly problems: TemplateProblem[] = [];
  readonly #types: ReadonlyMap<string, Variable['type']>;
  #nodes = 0;

  constructor(variables: readonly Variable[]) {
    this.#types = new Map(variables.map(({ name, type }) => [name, type]));
  }

  program({ body, blockParams }: hbs.AST.Program, place: Place): void {
    if (blockParams && blockParams.length > 0)
      this.#refuse(body[0]?.loc.start.line ?? 1, '不支持块参数。', 'block parameters are not allowed.');
    for (const statement of body) this.#statement(statement, place);
  }

  #statement(statement: hbs.AST.Statement, place: Place): void {
    if (++this.#nodes === NODES_MAX + 1)
      this.#refuse(
        statement.loc.start.line,
        '模板过于复杂。',
        `it has more than ${NODES_MAX} parts. Make it simpler.`,
      );
    if (this.#nodes > NODES_MAX) return;
    switch (statement.type) {
      case 'ContentStatement':
      case 'CommentStatement':
        return;
      case 'MustacheStatement':
        return this.#mustache(statement as hbs.AST.MustacheStatement, place);
      case 'BlockStatement':
        return this.#block(statement as hbs.AST.BlockStatement, place);
      default:
        this.#refuse(
          statement.loc.start.line,
          '不支持引用其他模板或装饰器。',
          'other templates and decorators are not allowed.',
        );
    }
  }

  #mustache({ path, params, hash, escaped, loc }: hbs.AST.MustacheStatement, place: Place): void {
    const { line } = loc.start;
    if (!escaped)
      return this.#refuse(
        line,
        '请使用两层花括号 {{变量}}。',
        'use two braces: nothing is escaped in a message anyway.',
      );
    if (params.length > 0 || (hash && hash.pairs.length > 0))
      return this.#refuse(
        line,
        `不支持函数“${nameOf(path)}”。`,
        `functions are not allowed: "${nameOf(path)}".`,
      );
    const type = this.#typeOf(path, place, line);
    if (type === 'LIST' || type === 'FLAG')
      this.#refuse(
        line,
        `“${nameOf(path)}”不是文本，请用 {{#each}} 或 {{#if}}。`,
        `"${nameOf(path)}" is no text. Use {{#each}} or {{#if}}.`,
      );
  }

  #block({ path, params, hash, program, inverse, loc }: hbs.AST.BlockStatement, place: Place): void {
    const { line } = loc.start;
    const name = nameOf(path);
    const depth = place.depth + 1;
    if (depth > DEPTH_MAX)
      return this.#refuse(line, `嵌套最多 ${DEPTH_MAX} 层。`, `blocks nest ${DEPTH_MAX} deep at most.`);
    if (path.type !== 'PathExpression' || !isPlain(path as hbs.AST.PathExpression) || !BLOCKS.has(name))
      return this.#refuse(
        line,
        `不支持块“${name}”，只能用 if、unless、each。`,
        `the block "${name}" is not allowed: if, unless and each are.`,
      );
    if (params.length !== 1 || (hash && hash.pairs.length > 0))
      return this.#refuse(line, `“${name}”须只带一个变量。`, `"${name}" takes exactly one variable.`);
    const type = this.#typeOf(params[0]!, place, line);
    if (name === 'each' && type !== undefined && type !== 'LIST')
      this.#refuse(
        line,
        `“${nameOf(params[0]!)}”不是列表。`,
        `"${nameOf(params[0]!)}" is no list, so there is nothing to go through.`,
      );
    // The branch for an empty list still stands outside of the loop.
    if (program) this.program(program, { depth, inEach: name === 'each' ? true : place.inEach });
    if (inverse) this.program(inverse, { depth, inEach: place.inEach });
  }

  /** The type of what a path names; undefined where it was refused. */
  #typeOf(path: hbs.AST.Expression, place: Place, line: number): Variable['type'] | undefined {
    if (path.type !== 'PathExpression') {
      this.#refuse(
        line,
        '这里只能写变量名。',
        'only the name of a variable may stand here, no value and no function.',
      );
      return undefined;
    }
    const { original, parts, depth, data } = path as hbs.AST.PathExpression;
    if (place.inEach) {
      if (original === 'this' || original === '.') return 'TEXT';
      if (data && depth === 0 && parts.length === 1 && LOOP_WORDS.has(parts[0]!))
        return parts[0] === 'index' ? 'TEXT' : 'FLAG';
    }
    const name = parts[0] ?? '';
    const plain = isPlain(path as hbs.AST.PathExpression) && depth === 0;
    const type = plain ? this.#types.get(name) : undefined;
    if (type === undefined) {
      this.problems.push(
        refusal(
          'SMS_VARIABLE_UNKNOWN',
          line,
          `变量“${original}”没有声明。`,
          `the variable "${original}" is not declared. Declare it, or correct its name.`,
        ),
      );
      return undefined;
    }
    if (place.inEach) {
      this.#refuse(
        line,
        `列表内只能用 {{this}}，不能用“${name}”。`,
        `inside a list only {{this}} is known, not "${name}".`,
      );
      return undefined;
    }
    return type;
  }

  #refuse(line: number, zh: string, en: string): void {
    this.problems.push(refusal('SMS_TEMPLATE_NOT_ALLOWED', line, zh, en));
  }
}

/** One word without a way up, a part, a bracket or an `@`. */
function isPlain({ original, parts, data }: hbs.AST.PathExpression): boolean {
  return !data && parts.length === 1 && original === parts[0];
}

function nameOf(path: hbs.AST.Expression): string {
  const { original, value } = path as { original?: unknown; value?: unknown };
  return String(original ?? value ?? path.type).slice(0, 60);
}

function refusal(code: string, line: number, zh: string, en: string): TemplateProblem {
  return {
    code,
    text: { zh: `模板第 ${line} 行：${zh}`, en: `Line ${line} of the template: ${en}` },
    path: `template:${line}`,
  };
}
