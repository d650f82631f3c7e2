import {
  Kind,
  getArgumentValues,
  getNamedType,
  isObjectType,
  visit,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { BoundedCache } from '../../graphql/hot/bounded-cache.ts';
import { fragmentEncoder, oneByte } from '../../graphql/hot/fragment-encoder.ts';
import type { SplicePlan, Splicer } from '../../graphql/hot/hot-path.ts';
import { Template } from '../../graphql/hot/template.ts';
import type { Hole } from '../../graphql/hot/template.ts';
import type { RequestContext } from '../../plugin/contract.ts';
import type { Channel } from '../records.ts';
import { facetsAnswer, listingAnswer, notPurchasable, productAnswer } from './answers.ts';
import type { Browse, ListPage, ListQuestion } from './browse.ts';
import type { ListClient } from './client.ts';
import { pageInfoOf, priceAsker } from './resolvers.ts';
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
  /** Made on first use by the holes for prices and suitability, by their place in the document. */
  readonly made: unknown[];
}

type RootArguments = ListQuestion & {
  readonly customerNo?: string | null;
  readonly minCatalogSeq?: number | null;
};

/** Bytes of encoded text that one part of one document may keep. */
const PART_BYTES_MAX = 32_000_000;
const ENTRY_BYTES = 100;

class UnknownShape extends Error {}

class PlanCompiler<Client extends ListClient, Class> {
  readonly #source: SpliceSource<Client, Class>;
  readonly #fragments: readonly FragmentDefinitionNode[];
  #made = 0;

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
    this.#connection(template, root, named(field));
    template.text('}}\n');
    const write = (page: ListPage<Client, Class>, variables: Readonly<Record<string, unknown>>) =>
      template.fill({ page, variables, made: [] }, 0);
    const answer = (
      question: RootArguments,
      client: Client | undefined,
      variables: Readonly<Record<string, unknown>>,
      at: Date,
    ): string | undefined => {
      try {
        return write(browse.list(question, client, at), variables);
      } catch {
        // The ordinary way meets the same refusal or fault and says what of it may be seen.
        return undefined;
      }
    };
    return {
      answer: (variables, { at }: RequestContext) => {
        const question = getArgumentValues(field, root, variables) as unknown as RootArguments;
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
      edges: (field) => {
        const item = new Template<Scope<Client, Class>>();
        this.#edge(item, field, named(field.definition));
        template.hole((scope) => {
          let items = '';
          for (const slot of scope.page.slots) items += (items === '' ? '' : ',') + item.fill(scope, slot);
          return `[${items}]`;
        });
      },
      pageInfo: ({ node: pageInfo, definition }) =>
        this.#object(template, pageInfo, named(definition), {
          hasNextPage: () => template.hole(({ page }) => String(page.hasNextPage)),
          endCursor: () =>
            template.hole(({ page }) => {
              const { endCursor } = pageInfoOf(page);
              return endCursor === null ? 'null' : `"${endCursor}"`;
            }),
        }),
      totalCount: () => template.hole(({ page }) => String(page.totalCount)),
      facets: (field) => {
        const encode = this.#encoder<ReturnType<ListPage<Client, Class>['facets']>, ListPage<Client, Class>>(
          field,
          (facets, page) => facetsAnswer(page.view, facets),
        );
        template.hole(({ page }) => encode(page.facets(), page));
      },
      catalogSeq: () => template.hole(({ page }) => String(page.view.snapshot.seq)),
    });
  }

  #edge(item: Template<Scope<Client, Class>>, { node }: PlainField, type: GraphQLObjectType): void {
    this.#object(item, node, type, {
      cursor: () => item.hole(({ page }, slot) => `"${page.cursorAt(slot)}"`),
      node: ({ node: itemNode, definition }) =>
        this.#object(item, itemNode, named(definition), {
          product: (field) => item.hole(this.#product(field)),
          price: (field) => item.hole(this.#price(field)),
          suitability: (field) => item.hole(this.#suitability(field)),
          listing: (field) => item.hole(this.#listing(field)),
          purchasable: () =>
            item.hole(({ page }, slot) =>
              String(notPurchasable(page.view, slot, page.channel) === undefined),
            ),
          notPurchasable: () =>
            item.hole(({ page }, slot) => {
              const reason = notPurchasable(page.view, slot, page.channel);
              return reason === undefined ? 'null' : `"${reason}"`;
            }),
        }),
    });
  }

  #product(field: PlainField): Hole<Scope<Client, Class>> {
    const encode = this.#encoder<object, { page: ListPage<Client, Class>; slot: number }>(
      field,
      (_, { page, slot }) => productAnswer(page.view, slot),
    );
    return ({ page }, slot) => encode(page.view.standingAt(slot), { page, slot });
  }

  #price(field: PlainField): Hole<Scope<Client, Class>> {
    const place = this.#made++;
    const encode = this.#encoder<object, undefined>(field, (answer) => answer);
    const { prices } = this.#source.browse;
    return (scope, slot) => {
      let ask = scope.made[place] as ReturnType<typeof priceAsker> | undefined;
      if (!ask) {
        const args = getArgumentValues(field.definition, field.node, scope.variables);
        scope.made[place] = ask = priceAsker(prices, scope.page, args as unknown as PriceArguments);
      }
      return encode(ask.ask(scope.page.view.standingAt(slot)), undefined);
    };
  }

  /** Evidence differs from product to product and client to client; it is put into the encoded verdict. */
  #suitability(field: PlainField): Hole<Scope<Client, Class>> {
    const encode = fragmentEncoder(field.definition.type, field.node.selectionSet, this.#fragments);
    const parts = new BoundedCache<object, readonly string[]>(PART_BYTES_MAX, (texts) =>
      texts.reduce((bytes, text) => bytes + text.length, ENTRY_BYTES),
    );
    return ({ page }, slot) => {
      const decision = page.decided.decision(page.view, page.view.columns.classNo[slot]!);
      if (decision === undefined) return 'null';
      let texts = parts.get(decision.verdict);
      if (!texts) {
        texts = encode({ ...decision.verdict, evidenceIds: [EVIDENCE] }).split(EVIDENCE_ENCODED);
        parts.set(decision.verdict, texts);
      }
      if (texts.length === 1) return texts[0]!;
      const ids = idsText(decision.evidenceIds, page.view.standingAt(slot).rating?._id);
      return texts.length === 2 ? texts[0]! + ids + texts[1]! : texts.join(ids);
    };
  }

  #listing(field: PlainField): Hole<Scope<Client, Class>> {
    const encoders = new Map<
      Channel,
      (key: object, slotOf: { page: ListPage<Client, Class>; slot: number }) => string
    >();
    return ({ page }, slot) => {
      let encode = encoders.get(page.channel);
      if (!encode) {
        encode = this.#encoder(field, (_, at) => listingAnswer(at.page.view, at.slot, at.page.channel));
        encoders.set(page.channel, encode);
      }
      return encode(page.view.standingAt(slot), { page, slot });
    };
  }

  /** Encodes what `make` gives for a key, once for as long as the key is met now and then. */
  #encoder<Key extends object, From>(
    { node, definition }: PlainField,
    make: (key: Key, from: From) => unknown,
  ): (key: Key, from: From) => string {
    const encode = fragmentEncoder(definition.type, node.selectionSet, this.#fragments);
    const texts = new BoundedCache<Key, string>(PART_BYTES_MAX, (text) => text.length + ENTRY_BYTES);
    return (key, from) => {
      let text = texts.get(key);
      if (text === undefined) texts.set(key, (text = encode(make(key, from))));
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
function idsText(ids: readonly string[], last: string | undefined): string {
  let text = '';
  for (const id of ids) text += (text === '' ? '' : ',') + idText(id);
  return last === undefined ? text : text + (text === '' ? '' : ',') + idText(last);
}

function idText(id: string): string {
  return PLAIN_ID.test(id) ? `"${id}"` : oneByte(JSON.stringify(id));
}

const PLAIN_ID = /^[\w:@.-]*$/;

function keyOf(node: FieldNode): string {
  return node.alias?.value ?? node.name.value;
}

function named(definition: GraphQLField<unknown, unknown> | PlainField): GraphQLObjectType {
  const type = getNamedType('definition' in definition ? definition.definition.type : definition.type);
  if (!isObjectType(type)) throw new UnknownShape();
  return type;
}

/** Fields without directives or fragments among them and no key twice: then graphql-js answers them in this order. */
function plainFields(set: SelectionSetNode | undefined): FieldNode[] {
  const keys = new Set<string>();
  return (set?.selections ?? []).map((selection) => {
    if (selection.kind !== Kind.FIELD || selection.directives?.length || keys.has(keyOf(selection)))
      throw new UnknownShape();
    keys.add(keyOf(selection));
    return selection;
  });
}

/** What is encoded beforehand must not depend on a request. */
function refuseVariables(set: SelectionSetNode | undefined): void {
  if (!set) return;
  visit(set, {
    Variable: () => {
      throw new UnknownShape();
    },
  });
}
