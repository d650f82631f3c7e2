import { templateProblems } from './check.ts';
import type { TemplateRenderer } from './render.ts';
import { valuesOf, variableProblems, type TemplateProblem, type Variable } from './variables.ts';

/** UTF-16 units of a whole message, signature and way out included: eight parts of UCS-2. */
export const MESSAGE_CHARACTERS_MAX = 500;

export interface MessageFrame {
  /** Put in front, e.g. `【澄湖证券】`. */
  readonly signature: string;
  /** Put behind: how to leave, which every commercial message says. */
  readonly wayOut: string;
}

export type Composed = { readonly body: string } | { readonly problems: readonly TemplateProblem[] };

/** The message that a template and its variables make, or everything that is wrong with them. */
export async function composeMessage(
  renderer: TemplateRenderer,
  source: string,
  variables: readonly Variable[],
  { signature, wayOut }: MessageFrame,
): Promise<Composed> {
  const problems = [...variableProblems(variables), ...templateProblems(source, variables)];
  if (problems.length > 0) return { problems };
  const text = (await renderer.render(source, valuesOf(variables))).trim();
  if (text === '')
    return {
      problems: [
        {
          code: 'SMS_MESSAGE_EMPTY',
          text: { zh: '模板没有产生任何文字。', en: 'The template makes no text at all.' },
          path: 'template:1',
        },
      ],
    };
  const body = `${signature}${text}${wayOut}`;
  if (body.length <= MESSAGE_CHARACTERS_MAX) return { body };
  return {
    problems: [
      {
        code: 'SMS_MESSAGE_TOO_LONG',
        text: {
          zh: `短信共 ${body.length} 字（含签名与退订说明），最多 ${MESSAGE_CHARACTERS_MAX} 字。`,
          en: `The message has ${body.length} characters with signature and way out; ${MESSAGE_CHARACTERS_MAX} are allowed.`,
        },
        path: 'template:1',
      },
    ],
  };
}
