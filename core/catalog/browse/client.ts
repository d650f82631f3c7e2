import type { LocalizedText } from '../../plugin/contract.ts';
import type { PriceClient } from '../../pricing/scopes.ts';
import type { Channel } from '../records.ts';
import { channelBit } from '../snapshot/standing.ts';
import type { View } from '../snapshot/view.ts';
import type { AllowedClasses } from './selection.ts';
import type { ClassDecision, DecisionContext, SuitabilityRules, Verdict } from './suitability.ts';

/** Whom a list is for, as decisions see them. */
export interface ListClient extends PriceClient {
  readonly customerNo: string;
}

/** What clients see of the list: everything with its outcome, or only what may be recommended. */
export type BrowseMode = 'BROWSE' | 'RECOMMEND';

/** Clients of one channel whose decisions are remembered. */
const CLIENTS_MAX = 20_000;

/** Suitability by client and product class, decided when first asked for and kept while neither side changes. */
export class ClientDecisions<Client extends ListClient, Class> {
  readonly #rules: SuitabilityRules<Client, Class>;
  readonly #clients = new Map<Channel, Map<string, DecidedClient<Client, Class>>>();
  readonly #sets = new ClassSets();
  readonly #verdicts = new VerdictNumbers();

  constructor(rules: SuitabilityRules<Client, Class>) {
    this.#rules = rules;
  }

  of(client: Client | undefined, channel: Channel, at: Date): DecidedClient<Client, Class> {
    let clients = this.#clients.get(channel);
    if (!clients) this.#clients.set(channel, (clients = new Map()));
    const id = client?.id ?? '';
    const known = clients.get(id);
    if (known !== undefined && known.holds(client, at)) return known;
    if (known === undefined && clients.size >= CLIENTS_MAX) clients.delete(clients.keys().next().value!);
    const decided = new DecidedClient(this.#rules, this.#sets, this.#verdicts, client, channel, at);
    clients.set(id, decided);
    return decided;
  }
}

/** One client (or nobody in particular) on one touchpoint, with the decisions about every class of products met so far. */
export class DecidedClient<Client extends ListClient, Class> {
  readonly client: Client | undefined;
  readonly #rules: SuitabilityRules<Client, Class>;
  readonly #sets: ClassSets;
  readonly #verdicts: VerdictNumbers;
  readonly #context: DecisionContext;
  readonly #until: number;
  readonly #decisions: (ClassDecision | undefined)[] = [];
  readonly #told: (number | undefined)[] = [];
  readonly #allowed = new Map<
    BrowseMode,
    { readonly known: number; readonly classes: AllowedClasses | undefined }
  >();

  constructor(
    rules: SuitabilityRules<Client, Class>,
    sets: ClassSets,
    verdicts: VerdictNumbers,
    client: Client | undefined,
    channel: Channel,
    at: Date,
  ) {
    this.#rules = rules;
    this.#sets = sets;
    this.#verdicts = verdicts;
    this.client = client;
    this.#context = { at, channel };
    this.#until = client ? rules.changesAt(client, at) : Infinity;
  }

  /** True while the decisions made are those that would be made now. */
  holds(client: Client | undefined, at: Date): boolean {
    const atMs = at.getTime();
    if (atMs >= this.#until || atMs < this.#context.at.getTime()) return false;
    if (client === this.client) return true;
    return client !== undefined && this.client !== undefined && this.#rules.sameClient(client, this.client);
  }

  /** The decision about a class; undefined where there is no client to decide for. */
  decision(view: View<Class>, classNo: number): ClassDecision | undefined {
    if (this.client === undefined) return undefined;
    let decision = this.#decisions[classNo];
    if (decision === undefined) {
      decision = this.#rules.decide(this.client, view.vocabulary.classes.at(classNo), this.#context);
      this.#decisions[classNo] = decision;
    }
    return decision;
  }

  /** What the client is told about these products, as numbers: equal text, equal verdicts, whoever the client. */
  told(view: View<Class>, slots: Int32Array): string {
    let numbers = '';
    for (const slot of slots) {
      const classNo = view.columns.classNo[slot]!;
      numbers += `${(this.#told[classNo] ??= this.#verdicts.of(this.decision(view, classNo)?.verdict))},`;
    }
    return numbers;
  }

  /** Why the product of a slot suits this client or does not; nothing where there is no client. */
  explain(view: View<Class>, slot: number): readonly LocalizedText[] {
    if (this.client === undefined) return [];
    const product = view.vocabulary.classes.at(view.columns.classNo[slot]!);
    return this.#rules.explain(this.client, product, this.#context);
  }

  /** The classes that this client may see; undefined when none is kept from them. */
  allowed(view: View<Class>, mode: BrowseMode): AllowedClasses | undefined {
    const { size } = view.vocabulary.classes;
    const known = this.#allowed.get(mode);
    if (known?.known === size) return known.classes;
    const kept: number[] = [];
    for (let classNo = 0; classNo < size; classNo++)
      if (!this.#mayShow(view, classNo, mode)) kept.push(classNo);
    const classes = this.#sets.without(kept, size);
    this.#allowed.set(mode, { known: size, classes });
    return classes;
  }

  mayShow(view: View<Class>, slot: number, mode: BrowseMode): boolean {
    if ((view.columns.visible[slot]! & channelBit(this.#context.channel)) === 0) return false;
    return this.#mayShow(view, view.columns.classNo[slot]!, mode);
  }

  #mayShow(view: View<Class>, classNo: number, mode: BrowseMode): boolean {
    const isPublic = this.#rules.isPublic(view.vocabulary.classes.at(classNo));
    if (isPublic && mode === 'BROWSE') return true;
    const decision = this.decision(view, classNo);
    if (decision === undefined) return false;
    return (isPublic || decision.eligible) && (mode === 'BROWSE' || decision.verdict.recommendable);
  }
}

/** A number for each verdict, 0 for none; never given again, so an old one is never mistaken. */
class VerdictNumbers {
  readonly #numbers = new WeakMap<Verdict, number>();
  #made = 0;

  of(verdict: Verdict | undefined): number {
    if (verdict === undefined) return 0;
    let number = this.#numbers.get(verdict);
    if (number === undefined) this.#numbers.set(verdict, (number = ++this.#made));
    return number;
  }
}

/** Sets of classes, one object for each distinct set, so that clients alike share what is found for them. */
class ClassSets {
  #sets = new Map<string, AllowedClasses>();
  #made = 0;

  without(kept: readonly number[], size: number): AllowedClasses | undefined {
    if (kept.length === 0) return undefined;
    const content = `${size}:${kept.join()}`;
    const known = this.#sets.get(content);
    if (known) return known;
    if (this.#sets.size >= CLIENTS_MAX) this.#sets = new Map();
    const shown = new Uint8Array(size).fill(1);
    for (const classNo of kept) shown[classNo] = 0;
    const set: AllowedClasses = { key: String(++this.#made), has: (classNo) => shown[classNo] === 1 };
    this.#sets.set(content, set);
    return set;
  }
}
