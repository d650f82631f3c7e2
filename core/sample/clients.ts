import type { CustomerInput } from '../customer/customer-input.ts';
import { type ClientStage, type Preferences, type RiskProfile } from '../customer/records.ts';
import type { RiskCategory } from '../risk/levels.ts';
import { validUntil } from '../risk/validity.ts';
import { startOfBusinessDate } from '../time/business-day.ts';
import { shiftDate, yearsBefore } from './dates.ts';
import { SeededRandom } from './random.ts';

/** What is said of the sample's clients as data (`data/clients.json`). */
export interface ClientsData {
  readonly seed: number;
  readonly count: number;
  /** Clients by tier; together all of them. */
  readonly tiers: Readonly<Record<string, number>>;
  /** Clients by profile; together all of them. */
  readonly profiles: Readonly<Record<ProfileKind, number>>;
  readonly expiredProfiles: number;
  readonly aged65AndOver: number;
  readonly professional: number;
  readonly qualified: number;
  readonly lakeClub: number;
  readonly womensSalon: number;
  readonly stages: Readonly<Record<ClientStage, number>>;
  readonly permissions: readonly string[];
  readonly surnames: string;
  readonly givenNames: string;
  readonly firstNamesEn: readonly string[];
  readonly lastNamesEn: readonly string[];
  readonly personas: readonly Persona[];
}

export type ProfileKind = 'NONE' | 'LOWEST' | RiskCategory;

/** A named client who shows one outcome (样例人物). */
export interface Persona {
  readonly key: string;
  readonly shows: { readonly zh: string; readonly en: string };
  readonly name: string;
  readonly tier: string;
  readonly profile: ProfileKind;
  readonly expired?: boolean;
  readonly ageYears: number;
  readonly clubs?: readonly string[];
  readonly qualified?: boolean;
  readonly professional?: boolean;
  readonly personalisation?: boolean;
  readonly unsubscribed?: boolean;
  /** Key of the persona who is the same person under another client number. */
  readonly samePersonAs?: string;
}

/** Client number of the persona at this place of the list. */
export function clientNo(index: number): string {
  return `CL${100_001 + index}`;
}

/**
 * The sample's clients, in exactly the proportions of the data, personas first. The same data and date always give the
 * same clients.
 * @param loadedOn Shanghai date to which all dates are relative
 */
export function sampleClients(
  data: ClientsData,
  orgPaths: readonly string[],
  loadedOn: string,
): CustomerInput[] {
  const random = new SeededRandom(data.seed);
  const columns = drawColumns(data, random);
  const person = personsOf(data, random);
  return Array.from({ length: data.count }, (_, index) =>
    toClient(index, { data, random, columns, person, orgPaths, loadedOn }),
  );
}

interface Columns {
  readonly tier: readonly string[];
  readonly profile: readonly ProfileKind[];
  readonly stage: readonly ClientStage[];
  readonly expired: ReadonlySet<number>;
  readonly senior: ReadonlySet<number>;
  readonly qualified: ReadonlySet<number>;
  readonly professional: ReadonlySet<number>;
  readonly lake: ReadonlySet<number>;
  readonly salon: ReadonlySet<number>;
}

const HIGH_TIERS = ['PLATINUM', 'DIAMOND'];

/** Draws every property so that its count is met exactly and each persona has what its data says. */
function drawColumns(data: ClientsData, random: SeededRandom): Columns {
  const { personas } = data;
  const tier = column(data.tiers, data.count, random);
  const profile = column(data.profiles, data.count, random);
  personas.forEach((persona, index) => {
    pin(tier, index, persona.tier, personas.length);
    pin(profile, index, persona.profile, personas.length);
  });
  const choose = (count: number, of: (persona: Persona) => boolean, may: (index: number) => boolean) => {
    const pinned = personas.flatMap((persona, index) => (of(persona) ? [index] : []));
    const others = tier.map((_, index) => index).filter((index) => index >= personas.length && may(index));
    return new Set([...pinned, ...random.sample(others, count - pinned.length)]);
  };
  const high = (index: number) => HIGH_TIERS.includes(tier[index]!);
  const anyone = () => true;
  const qualified = choose(data.qualified, (one) => one.qualified === true, high);
  return {
    tier,
    profile: profile as ProfileKind[],
    stage: column(data.stages, data.count, random) as ClientStage[],
    expired: choose(
      data.expiredProfiles,
      (one) => one.expired === true,
      (index) => profile[index] !== 'NONE',
    ),
    senior: choose(data.aged65AndOver, (one) => one.ageYears >= 65, anyone),
    qualified,
    professional: choose(
      data.professional,
      (one) => one.professional === true,
      (index) => qualified.has(index),
    ),
    lake: choose(data.lakeClub, (one) => one.clubs?.includes('LAKE') === true, high),
    salon: choose(data.womensSalon, (one) => one.clubs?.includes('WOMENS_SALON') === true, anyone),
  };
}

function column(counts: Readonly<Record<string, number>>, total: number, random: SeededRandom): string[] {
  const values = Object.entries(counts).flatMap(([value, count]) => Array<string>(count).fill(value));
  if (values.length !== total)
    throw new Error(`The counts ${JSON.stringify(counts)} do not make ${total} clients.`);
  return random.shuffle(values);
}

/** Gives a persona its value in exchange with a client who is no persona, so that the counts stay. */
function pin(values: string[], index: number, value: string, personas: number): void {
  if (values[index] === value) return;
  const other = values.indexOf(value, personas);
  if (other < 0) throw new Error(`Nobody is left to be ${value} for persona ${index}.`);
  [values[index], values[other]] = [value, values[index]!];
}

interface Person {
  readonly name: string;
  readonly phone: string;
}

/** Names from invented lists, and numbers under 154, a prefix that is not given out. */
function personsOf(data: ClientsData, random: SeededRandom): (index: number) => Person {
  const surnames = [...data.surnames];
  const given = [...data.givenNames];
  const offset = random.int(0, 9_999);
  const persons: Person[] = [];
  for (let index = 0; index < data.count; index++) {
    const persona = data.personas[index];
    const drawn = random.chance(1)
      ? `${random.pick(data.firstNamesEn)} ${random.pick(data.lastNamesEn)}`
      : random.pick(surnames) + random.pick(given) + (random.chance(70) ? random.pick(given) : '');
    const same = data.personas.findIndex((one) => one.key === persona?.samePersonAs);
    const phone = `154${String((index * 10_007 + offset) % 100_000_000).padStart(8, '0')}`;
    persons.push(same >= 0 ? persons[same]! : { name: persona?.name ?? drawn, phone });
  }
  return (index) => persons[index]!;
}

interface Drawing {
  readonly data: ClientsData;
  readonly random: SeededRandom;
  readonly columns: Columns;
  readonly person: (index: number) => Person;
  readonly orgPaths: readonly string[];
  readonly loadedOn: string;
}

function toClient(index: number, drawing: Drawing): CustomerInput {
  const { data, random, columns, loadedOn } = drawing;
  const persona = data.personas[index];
  const tier = columns.tier[index]!;
  const profile = riskProfileOf(index, drawing);
  const until = startOfBusinessDate(shiftDate(loadedOn, random.int(120, 1000)));
  const evidence = (what: string) => ({ until, evidenceId: `sample-${what}-${clientNo(index)}` });
  return {
    externalId: `sample-${String(index + 1).padStart(5, '0')}`,
    customerNo: clientNo(index),
    ...drawing.person(index),
    birthDate: birthDateOf(index, drawing, persona?.ageYears),
    orgPath: random.pick(drawing.orgPaths),
    region: 'CN',
    tier,
    clubs: clubsOf(index, tier, columns),
    stage: persona ? 'MATURE' : columns.stage[index]!,
    ...(profile === undefined ? {} : { riskProfile: profile }),
    ...(columns.professional.has(index) ? { professional: evidence('professional') } : {}),
    eligibility: columns.qualified.has(index) ? { 'qualified-investor': evidence('qualified') } : {},
    permissions: permissionsOf(tier, data.permissions, random),
    preferences: profile === undefined ? {} : preferencesOf(profile.level, random),
    personalisation: persona ? persona.personalisation !== false : !random.chance(4),
    consents: consentsOf(persona, random, loadedOn),
  };
}

function riskProfileOf(
  index: number,
  { columns, random, loadedOn }: Drawing,
): Omit<RiskProfile, 'no'> | undefined {
  const kind = columns.profile[index]!;
  if (kind === 'NONE') return undefined;
  // A profile holds two years; who has an expired one was assessed between two and three years ago.
  const daysAgo = columns.expired.has(index) ? random.int(740, 1090) : random.int(5, 690);
  const minutes = random.int(9 * 60, 20 * 60);
  const day = startOfBusinessDate(shiftDate(loadedOn, -daysAgo));
  const assessedAt = new Date(day.getTime() + minutes * 60_000);
  return {
    level: kind === 'LOWEST' ? 'C1' : kind,
    lowestCategory: kind === 'LOWEST',
    assessedAt,
    validUntil: validUntil(assessedAt, 24),
    answersId: `sample-answers-${clientNo(index)}`,
  };
}

function birthDateOf(index: number, { columns, data, random, loadedOn }: Drawing, ageYears?: number): string {
  const same = data.personas[index]?.samePersonAs;
  const drawn = ageYears ?? (columns.senior.has(index) ? random.int(65, 88) : random.int(19, 64));
  const days = same === undefined && data.personas[index] === undefined ? random.int(0, 300) : 100;
  return shiftDate(yearsBefore(loadedOn, drawn), -days);
}

function clubsOf(index: number, tier: string, { lake, salon }: Columns): string[] {
  const clubs = [];
  if (lake.has(index)) clubs.push('LAKE');
  if (HIGH_TIERS.includes(tier)) clubs.push('VOYAGER');
  if (salon.has(index)) clubs.push('WOMENS_SALON');
  return clubs;
}

const PERMISSION_PCT: Readonly<Record<string, number>> = {
  BASIC: 8,
  SILVER: 18,
  GOLD: 35,
  PLATINUM: 55,
  DIAMOND: 75,
};

function permissionsOf(tier: string, all: readonly string[], random: SeededRandom): string[] {
  return all.filter(() => random.chance(PERMISSION_PCT[tier] ?? 0));
}

/** The bolder the category, the longer the term and the wider the kinds, as the questionnaire's answers go together. */
function preferencesOf(level: RiskCategory, random: SeededRandom): Preferences {
  const boldness = Number(level.slice(1));
  const near = (choices: number) =>
    Math.min(choices - 1, Math.max(0, Math.round(((boldness - 1) / 4) * (choices - 1)) + random.int(0, 1)));
  return {
    term: (['SHORT', 'MEDIUM', 'LONG'] as const)[near(3)]!,
    investmentKinds: INVESTMENT_KINDS[near(INVESTMENT_KINDS.length)]!,
    returnGoal: (['PRESERVE', 'STEADY', 'GROWTH', 'AGGRESSIVE'] as const)[near(4)]!,
  };
}

const INVESTMENT_KINDS: string[][] = [
  ['FIXED_INCOME'],
  ['FIXED_INCOME', 'EQUITY'],
  ['FIXED_INCOME', 'EQUITY', 'DERIVATIVE'],
  ['FIXED_INCOME', 'EQUITY', 'DERIVATIVE', 'COMPLEX', 'OTHER'],
];

function consentsOf(
  persona: Persona | undefined,
  random: SeededRandom,
  loadedOn: string,
): CustomerInput['consents'] {
  const givenDaysAgo = random.int(60, 900);
  const withdrawn = persona ? persona.unsubscribed === true : random.chance(5);
  if (!persona && !random.chance(70)) return [];
  const givenAt = startOfBusinessDate(shiftDate(loadedOn, -givenDaysAgo));
  const withdrawnAt = startOfBusinessDate(shiftDate(loadedOn, -random.int(1, 50)));
  return [{ code: 'MARKETING_SMS', givenAt, channel: 'APP', ...(withdrawn ? { withdrawnAt } : {}) }];
}
