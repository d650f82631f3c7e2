import {
  Kind,
  getNamedType,
  isObjectType,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { BoundedCache } from '../../graphql/hot/bounded-cache.ts';
import { flat, fragmentEncoder, oneByte } from '../../graphql/hot/fragment-encoder.ts';
import type { AnswerText, SplicePlan, Splicer } from '../../graphql/hot/hot-path.ts';
import {
  UnknownShape,
  argumentReader,
  keyOf,
  plainFields,
  refuseVariables,
} from '../../graphql/hot/shape.ts';
import { SlotTexts } from '../../graphql/hot/slot-texts.ts';
import type { TextsBySlot } from '../../graphql/hot/slot-texts.ts';
import { Template, made } from '../../graphql/hot/template.ts';
import type { HoleMaker } from '../../graphql/hot/template.ts';
import type { RequestContext } from '../../plugin/contract.ts';
import { CHANNELS } from '../records.ts';
import type { Standing } from '../snapshot/standing.ts';
import type { View } from '../snapshot/view.ts';
import { facetsAnswer, listingAnswer, notPurchasable, productAnswer } from './answers.ts';
import type { Browse, ListPage, ListQuestion } from './browse.ts';
import type { ListClient } from './client.ts';
import type { PriceAsker } from './price-answers.ts';
import type { Facets } from './selection.ts';
import { ENTRY_BYTES, PART_BYTES_MAX, SHARED, SharedPages, pageKey } from './shared-pages.ts';
import type { Verdict } from './suitability.ts';
import { mayAsk, pageInfoOf, priceAsker } from './resolvers.ts';
import type { PriceArguments } from './resolvers.ts';

/** What the splicer asks outside the catalogue: client facts, at once where they are in memory. */
export interface SpliceSource<Client extends ListClient, Class> {
  readonly schema: GraphQLSchema;
  readonly browse: Browse<Client, Class>;
  readonly clientFacts: (customerNo: string, at: Date) => Client | undefined | Promise<Client | undefined>;
}

/**
 * Answers a lone `browseProducts` by joining text that was encoded once: for each product, price answer and verdict.
 * The parts themselves are encoded by graphql-js, so that only the frame around them (edges, node, pageInfo) is written
 * here; a frame with directives, repeated keys or fragments is left to compiled execution.
 */
export function browseSplicer<Client extends ListClient, Class>(
  source: SpliceSource<Client, Class>,
): Splicer {
  return {
    compile: (document, operation) => {
      try {
        return new PlanCompiler(source, document).compile(operation);
      } catch (error) {
        if (error instanceof UnknownShape) return undefined;
        throw error;
      }
    },
  };
}

/** Everything that the holes of one answer read. */
interface Scope<Client extends ListClient, Class> {
  readonly page: ListPage<Client, Class>;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Made on first use by the holes for prices, by their place in the document. */
  readonly made: { readonly asker: PriceAsker; readonly texts: TextsBySlot }[];
  /** Something in the answer is this client's alone, or this product's and client's together. */
  personal: boolean;
  /** The bytes that stand where the text has `SHARED`. */
  shared: Buffer | undefined;
}

type RootArguments = ListQuestion & {
  readonly customerNo?: string | null;
  readonly minCatalogSeq?: number | null;
};

class NotToBeSpliced extends Error {}

class PlanCompiler<Client extends ListClient, Class> {
  readonly #source: SpliceSource<Client, Class>;
  readonly #fragments: readonly FragmentDefinitionNode[];
  readonly #askers: ((scope: Scope<Client, Class>) => {
    readonly asker: PriceAsker;
    readonly texts: TextsBySlot;
  })[] = [];

  constructor(source: SpliceSource<Client, Class>, document: DocumentNode) {
    this.#source = source;
    this.#fragments = document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
    for (const fragment of this.#fragments) refuseVariables(fragment.selectionSet);
  }

  compile(operation: OperationDefinitionNode): SplicePlan | undefined {
    const { schema, browse, clientFacts } = this.#source;
    const [root, ...others] = plainFields(operation.selectionSet);
    if (!root || others.length > 0 || root.name.value !== 'browseProducts' || operation.directives?.length)
      return undefined;
    const query = schema.getQueryType()!;
    const field = query.getFields().browseProducts!;
    const template = new Template<Scope<Client, Class>>().text(`{"data":{"${keyOf(root)}":`);
    const readArguments = argumentReader(field, root);
    this.#connection(template, root, named(field));
    template.text('}}\n');
    const write = (
      page: ListPage<Client, Class>,
      variables: Readonly<Record<string, unknown>>,
    ): AnswerText => {
      const scope: Scope<Client, Class> = { page, variables, made: [], personal: false, shared: undefined };
      const text = template.fill(scope, 0);
      if (scope.shared === undefined) return text;
      const at = text.indexOf(SHARED);
      return [text.slice(0, at), scope.shared, text.slice(at + SHARED.length)];
    };
    const answer = (
      question: RootArguments,
      client: Client | undefined,
      variables: Readonly<Record<string, unknown>>,
      at: Date,
    ): AnswerText | undefined => {
      try {
        return write(browse.list(question, client, at), variables);
      } catch {
        // The ordinary way meets the same refusal or fault and says what of it may be seen.
        return undefined;
      }
    };
    return {
      answer: (variables, { at, actor }: RequestContext) => {
        const question = readArguments(variables) as unknown as RootArguments | undefined;
        if (!question || !mayAsk(actor, question.channel)) return undefined;
        const { customerNo, minCatalogSeq } = question;
        if (typeof minCatalogSeq === 'number' && browse.catalog.seq < minCatalogSeq) return undefined;
        if (typeof customerNo !== 'string') return answer(question, undefined, variables, at);
        const client = clientFacts(customerNo, at);
        if (client instanceof Promise)
          return client.then(
            (facts) => facts && answer(question, facts, variables, at),
            () => undefined,
          );
        return client && answer(question, client, variables, at);
      },
    };
  }

  #connection(template: Template<Scope<Client, Class>>, node: FieldNode, type: GraphQLObjectType): void {
    this.#object(template, node, type, {
      edges: (field) => template.hole(this.#edges(field)),
      pageInfo: ({ node: pageInfo, definition }) =>
        this.#object(template, pageInfo, named(definition), {
          hasNextPage: () => template.hole(made(({ page }) => String(page.hasNextPage))),
          endCursor: () =>
            template.hole(
              made(({ page }) => {
                const { endCursor } = pageInfoOf(page);
                return endCursor === null ? 'null' : `"${endCursor}"`;
              }),
            ),
        }),
      totalCount: () => template.hole(made(({ page }) => String(page.totalCount))),
      facets: (field) =>
        template.hole((before, after) => {
          const encode = this.#encoder<Facets, ListPage<Client, Class>>(
            field,
            before,
            after,
            (facets, page) => facetsAnswer(page.view, facets),
          );
          return ({ page }) => encode(page.facets(), page);
        }),
      catalogSeq: () => template.hole(made(({ page }) => String(page.view.snapshot.seq))),
    });
  }

  #edges(field: PlainField): HoleMaker<Scope<Client, Class>> {
    const first = new Template<Scope<Client, Class>>();
    const further = new Template<Scope<Client, Class>>(',');
    const askersBefore = this.#askers.length;
    for (const item of [first, further]) this.#edge(item, field, named(field.definition));
    const askers = this.#askers.slice(askersBefore);
    const pages = new SharedPages();
    return made((scope) => {
      const { page } = scope;
      const key = pageKey(page, askers.map((ask) => ask(scope).asker.group).join());
      const known = pages.of(page.view).get(key);
      if (known !== undefined) {
        if (scope.shared !== undefined) return known.toString('latin1');
        scope.shared = known;
        return SHARED;
      }
      const { slots } = page;
      let items = '[';
      for (let place = 0; place < slots.length; place++)
        items += (place === 0 ? first : further).fill(scope, slots[place]!);
      const text = `${items}]`;
      if (!scope.personal) pages.of(page.view).set(key, Buffer.from(text, 'latin1'));
      return text;
    });
  }

  #edge(item: Template<Scope<Client, Class>>, { node }: PlainField, type: GraphQLObjectType): void {
    this.#object(item, node, type, {
      cursor: () => item.hole(made(({ page }, slot) => `"${page.cursorAt(slot)}"`)),
      node: ({ node: itemNode, definition }) =>
        this.#object(item, itemNode, named(definition), {
          product: (field) => item.hole(this.#product(field)),
          price: (field) => item.hole(this.#price(field)),
          suitability: (field) => item.hole(this.#suitability(field)),
          listing: (field) => item.hole(this.#listing(field)),
          purchasable: () =>
            item.hole((before, after) => {
              const [yes, no] = [`${before}true${after}`, `${before}false${after}`];
              return ({ page }, slot) =>
                notPurchasable(page.view, slot, page.channel) === undefined ? yes : no;
            }),
          notPurchasable: () =>
            item.hole(
              made(({ page }, slot) => {
                const reason = notPurchasable(page.view, slot, page.channel);
                return reason === undefined ? 'null' : `"${reason}"`;
              }),
            ),
        }),
    });
  }

  #product(field: PlainField): HoleMaker<Scope<Client, Class>> {
    return (before, after) => {
      const encode = fragmentEncoder(field.definition.type, field.node.selectionSet, this.#fragments);
      const kept = new SlotTexts(PART_BYTES_MAX);
      return ({ page: { view } }, slot) => {
        const standing = view.standingAt(slot);
        const texts = kept.group(0);
        const known = texts[slot];
        if (known !== undefined && known.from === standing) return known.text;
        return kept.keep(texts, slot, standing, flat(before + encode(productAnswer(view, slot)) + after));
      };
    };
  }

  #price(field: PlainField): HoleMaker<Scope<Client, Class>> {
    const place = this.#askers.length;
    const readArguments = argumentReader(field.definition, field.node);
    const { prices } = this.#source.browse;
    const kept = new SlotTexts(PART_BYTES_MAX);
    const ask = (scope: Scope<Client, Class>) => {
      const known = scope.made[place];
      if (known) return known;
      const args = readArguments(scope.variables) as unknown as PriceArguments | undefined;
      if (!args) throw new NotToBeSpliced();
      const asker = priceAsker(prices, scope.page, args);
      return (scope.made[place] = { asker, texts: kept.group(asker.group) });
    };
    this.#askers.push(ask);
    return (before, after) => {
      const encode = fragmentEncoder(field.definition.type, field.node.selectionSet, this.#fragments);
      return (scope, slot) => {
        const { asker, texts } = ask(scope);
        const standing = scope.page.view.standingAt(slot);
        scope.personal ||= standing.personalPrices;
        const isShared = asker.isShared(standing);
        const known = texts[slot];
        if (isShared && known !== undefined && known.from === standing.prices) return known.text;
        const text = flat(before + encode(asker.ask(standing)) + after);
        return isShared ? kept.keep(texts, slot, standing.prices, text) : text;
      };
    };
  }

  /** Evidence differs from product to product and client to client; it is put into the encoded verdict. */
  #suitability(field: PlainField): HoleMaker<Scope<Client, Class>> {
    const encode = fragmentEncoder(field.definition.type, field.node.selectionSet, this.#fragments);
    return (before, after) => {
      const nobody = `${before}null${after}`;
      const ratings = new SlotTexts(PART_BYTES_MAX);
      const parts = new BoundedCache<Verdict, readonly string[]>(PART_BYTES_MAX, (texts) =>
        texts.reduce((bytes, text) => bytes + text.length, ENTRY_BYTES),
      );
      return (scope, slot) => {
        const { view, decided } = scope.page;
        const decision = decided.decision(view, view.columns.classNo[slot]!);
        if (decision === undefined) return nobody;
        let texts = parts.get(decision.verdict);
        if (!texts) {
          const text = before + encode({ ...decision.verdict, evidenceIds: [EVIDENCE] }) + after;
          texts = text.split(EVIDENCE_ENCODED).map(flat);
          parts.set(decision.verdict, texts);
        }
        if (texts.length === 1) return texts[0]!;
        scope.personal = true;
        let ids = idsText(decision.evidenceIds);
        const standing = view.standingAt(slot);
        if (standing.rating !== undefined) {
          const ofRating = ratings.group(0);
          const known = ofRating[slot];
          const rating =
            known !== undefined && known.from === standing.rating
              ? known.text
              : ratings.keep(ofRating, slot, standing.rating, flat(idText(standing.rating._id)));
          ids += ids === '' ? rating : `,${rating}`;
        }
        return texts.length === 2 ? texts[0]! + ids + texts[1]! : texts.join(ids);
      };
    };
  }

  #listing(field: PlainField): HoleMaker<Scope<Client, Class>> {
    return (before, after) => {
      const encoders = CHANNELS.map((channel) =>
        this.#encoder<Standing, number, View<Class>>(field, before, after, (_, slot, view) =>
          listingAnswer(view, slot, channel),
        ),
      );
      return ({ page: { view, channel } }, slot) =>
        encoders[CHANNELS.indexOf(channel)]!(view.standingAt(slot), slot, view);
    };
  }

  /** Encodes what `make` gives for a key, once for as long as the key is met now and then. */
  #encoder<Key extends object, A = undefined, B = undefined>(
    { node, definition }: PlainField,
    before: string,
    after: string,
    make: (key: Key, a: A, b: B) => unknown,
  ): (key: Key, a?: A, b?: B) => string {
    const encode = fragmentEncoder(definition.type, node.selectionSet, this.#fragments);
    const texts = new BoundedCache<Key, string>(PART_BYTES_MAX, (text) => text.length + ENTRY_BYTES);
    return (key, a, b) => {
      let text = texts.get(key);
      if (text === undefined)
        texts.set(key, (text = flat(before + encode(make(key, a as A, b as B)) + after)));
      return text;
    };
  }

  /** Writes an object of the frame; `parts` writes the value of each field that the frame knows. */
  #object(
    template: Template<Scope<Client, Class>>,
    node: FieldNode,
    type: GraphQLObjectType,
    parts: Readonly<Record<string, (field: PlainField) => void>>,
  ): void {
    let separator = '{';
    for (const child of plainFields(node.selectionSet)) {
      const name = child.name.value;
      template.text(`${separator}"${keyOf(child)}":`);
      separator = ',';
      if (name === '__typename') {
        template.text(`"${type.name}"`);
        continue;
      }
      const part = parts[name];
      const definition = type.getFields()[name];
      if (!part || !definition) throw new UnknownShape();
      if (name !== 'edges' && name !== 'node' && name !== 'pageInfo') refuseVariables(child.selectionSet);
      part({ node: child, definition });
    }
    template.text('}');
  }
}

/** Stands for the evidence in an encoded verdict; a control character is in no id. */
const EVIDENCE = '\u0000';
const EVIDENCE_ENCODED = JSON.stringify(EVIDENCE);

interface PlainField {
  readonly node: FieldNode;
  readonly definition: GraphQLField<unknown, unknown>;
}

/** Ids as the inside of a JSON list; ours are plain, and only what might not be is encoded with care. */
function idsText(ids: readonly string[]): string {
  let text = '';
  for (const id of ids) text += text === '' ? idText(id) : `,${idText(id)}`;
  return text;
}

function idText(id: string): string {
  return PLAIN_ID.test(id) ? `"${id}"` : oneByte(JSON.stringify(id));
}

const PLAIN_ID = /^[\w:@.-]*$/;

function named(definition: GraphQLField<unknown, unknown> | PlainField): GraphQLObjectType {
  const type = getNamedType('definition' in definition ? definition.definition.type : definition.type);
  if (!isObjectType(type)) throw new UnknownShape();
  return type;
}
