import { Validator, type Schema as JsonSchema } from '@cfworker/json-schema';
import type { LocalizedText, Reason } from '../plugin/contract.ts';
import type { KindRecord, ProductContent } from './records.ts';

/** One attribute of a kind as its JSON Schema describes it; what the `x-` keywords of the contract say. */
export interface AttributeDefinition {
  readonly name: string;
  readonly title: LocalizedText;
  readonly group?: string;
  readonly unit?: string;
  readonly filterable: boolean;
  readonly searchable: boolean;
  readonly requiredToList: boolean;
  /** False: a change of it is a typo fix, taken over by holders at once. */
  readonly material: boolean;
  /** The property's own JSON Schema. */
  readonly schema: Readonly<Record<string, unknown>>;
}

/** What a product has beside its content when it is submitted. */
export interface Accompaniment {
  readonly price: boolean;
  readonly riskRating: boolean;
}

/** The attributes of a kind in the order in which it declares them. */
export function attributesOf(kind: Pick<KindRecord, 'attributes'>): readonly AttributeDefinition[] {
  const properties = (kind.attributes.properties ?? {}) as Record<string, Record<string, unknown>>;
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    title: (schema['x-title'] as LocalizedText | undefined) ?? { zh: name, en: name },
    ...(typeof schema['x-group'] === 'string' ? { group: schema['x-group'] } : {}),
    ...(typeof schema['x-unit'] === 'string' ? { unit: schema['x-unit'] } : {}),
    filterable: schema['x-filterable'] === true,
    searchable: schema['x-searchable'] === true,
    requiredToList: schema['x-required-to-list'] === true,
    material: schema['x-material'] !== false,
    schema,
  }));
}

/** Every value that does not fit the kind's schema, one reason per path. Absent attributes are no error here. */
export function attributeErrors(kind: KindRecord, attributes: ProductContent['attributes']): Reason[] {
  const { valid, errors } = validatorOf(kind).validate(attributes);
  if (valid) return [];
  const byLocation = new Map<string, string[]>();
  for (const { instanceLocation, keyword, error } of errors) {
    const text = keyword === 'false' ? 'The kind has no such attribute.' : error;
    byLocation.set(instanceLocation, [...(byLocation.get(instanceLocation) ?? []), text]);
  }
  // The validator reports a bad value and also every value around it: the innermost says what is wrong.
  const innermost = [...byLocation].filter(
    ([location]) => ![...byLocation.keys()].some((other) => other.startsWith(`${location}/`)),
  );
  return innermost.map(([location, texts]) => invalidAttribute(location, texts.join(' ')));
}

/** What is missing before the product may be submitted: one reason per part (domain.md, "Submitting needs completeness"). */
export function missingToSubmit(kind: KindRecord, content: ProductContent, has: Accompaniment): Reason[] {
  const reasons: Reason[] = [];
  if (!content.name.zh.trim())
    reasons.push(missing('NAME_ZH_MISSING', 'name.zh', '中文名称', 'the Chinese name'));
  for (const attribute of attributesOf(kind))
    if (attribute.requiredToList && isBlank(content.attributes[attribute.name]))
      reasons.push(
        missing(
          'ATTRIBUTE_MISSING',
          `attributes.${attribute.name}`,
          `属性“${attribute.title.zh}”`,
          `the attribute "${attribute.title.en}"`,
        ),
      );
  for (const part of kind.requiredToList) {
    const reason = missingPart(part, content, has);
    if (reason) reasons.push(reason);
  }
  return reasons;
}

function missingPart(
  part: KindRecord['requiredToList'][number],
  content: ProductContent,
  has: Accompaniment,
): Reason | undefined {
  switch (part) {
    case 'PRICE':
      return has.price
        ? undefined
        : missing('PRICE_MISSING', 'prices', '价格', 'a price row (a zero price counts)');
    case 'RISK_RATING':
      return has.riskRating
        ? undefined
        : missing('RISK_RATING_MISSING', 'rating', '风险等级', 'a risk rating');
    case 'CATEGORY':
      return content.categoryId ? undefined : missing('CATEGORY_MISSING', 'categoryId', '分类', 'a category');
    case 'NAME_EN':
      return content.name.en?.trim()
        ? undefined
        : missing('NAME_EN_MISSING', 'name.en', '英文名称', 'the English name');
  }
}

const validators = new WeakMap<KindRecord, Validator>();

function validatorOf(kind: KindRecord): Validator {
  const known = validators.get(kind);
  if (known) return known;
  const validator = new Validator(kind.attributes as JsonSchema, '2020-12', false);
  validators.set(kind, validator);
  return validator;
}

function invalidAttribute(location: string, error: string): Reason {
  const path = `attributes${location.replace(/^#/, '').replaceAll('/', '.')}`;
  return {
    code: 'ATTRIBUTE_INVALID',
    text: {
      zh: `属性值不符合该类别的定义：${path}（${error}）`,
      en: `${path} does not fit the kind: ${error}`,
    },
    path,
  };
}

function missing(code: string, path: string, zh: string, en: string): Reason {
  return { code, text: { zh: `缺少${zh}。`, en: `It still needs ${en}.` }, path };
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}
