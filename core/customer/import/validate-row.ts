import type { LocalizedText } from '../../plugin/contract.ts';
import { RISK_CATEGORIES } from '../../risk/levels.ts';
import { RETURN_GOALS, TERMS } from '../../risk/questionnaire.ts';
import { addDays, businessDate, startOfBusinessDate } from '../../time/business-day.ts';
import type { CustomerInput } from '../customer-input.ts';
import {
  CLIENT_STAGES,
  type Consent,
  type EvidencedStatus,
  type Preferences,
  type RiskProfile,
  type SchemeRecord,
} from '../records.ts';
import { riskProfileProblems } from '../risk-profile.ts';
import { maskName, maskPhone, normalisePhone } from '../sealing/display.ts';
import type { CustomerColumn, CustomerRow } from './columns.ts';

export interface RowProblem {
  readonly column: CustomerColumn;
  /** The cell; masked where it names a person. */
  readonly value: string;
  readonly problem: LocalizedText;
}

export interface RowContext {
  readonly scheme: Pick<SchemeRecord, 'tiers' | 'clubs'>;
  /** Paths of the firm's branches; empty where the branches are not known. */
  readonly orgPaths: ReadonlySet<string>;
  readonly at: Date;
}

export type CheckedRow =
  | { readonly input: CustomerInput; readonly problems?: never }
  | { readonly problems: readonly RowProblem[]; readonly input?: never };

/** A row of a client file as a client, or everything that is wrong with it. */
export function validateRow(row: CustomerRow, context: RowContext): CheckedRow {
  const cells = new Cells(row);
  const input: CustomerInput = {
    externalId: cells.matching('externalId', /^\S{1,64}$/, NO_SPACES_64),
    customerNo: cells.matching('customerNo', /^[A-Z0-9-]{1,32}$/, CLIENT_NUMBER),
    name: readName(cells),
    phone: readPhone(cells),
    ...readBirthDate(cells, context.at),
    orgPath: readOrgPath(cells, context.orgPaths),
    region: readRegion(cells),
    tier: cells.oneOf(
      'tier',
      context.scheme.tiers.map((tier) => tier.code),
    ),
    clubs: cells.list(
      'clubs',
      context.scheme.clubs.map((club) => club.code),
    ),
    stage: cells.oneOf('stage', CLIENT_STAGES),
    ...readRiskProfile(cells, context.at),
    ...readProfessional(cells),
    eligibility: readEligibility(cells),
    permissions: cells.list('permissions'),
    preferences: readPreferences(cells),
    personalisation: cells.yesOrNo('personalisation', true),
    consents: readConsents(cells, context.at),
  };
  return cells.problems.length === 0 ? { input } : { problems: cells.problems };
}

const NO_SPACES_64 = {
  zh: '必填，最多 64 个字符，不含空格。',
  en: 'Required: up to 64 characters without spaces.',
};
const CLIENT_NUMBER = {
  zh: '必填，最多 32 位大写字母、数字或连字符。',
  en: 'Required: up to 32 capitals, digits or hyphens.',
};
const LIST_MAX = 20;

function readName(cells: Cells): string {
  const name = cells.text('name').normalize('NFKC');
  if (!/^[^\p{C}]{1,60}$/u.test(name))
    cells.refuse('name', { zh: '必填，最多 60 个字。', en: 'Required: up to 60 characters.' });
  return name;
}

function readPhone(cells: Cells): string {
  const phone = normalisePhone(cells.text('phone'));
  if (!/^\+?\d{7,15}$/.test(phone))
    cells.refuse('phone', {
      zh: '必填，应为 7–15 位电话号码。',
      en: 'Required: a phone number of 7–15 digits.',
    });
  return phone;
}

function readBirthDate(cells: Cells, at: Date): { birthDate?: string } {
  const text = cells.text('birthDate');
  if (text === '') return {};
  if (!isDate(text) || text > businessDate(at) || text < '1900-01-01')
    cells.refuse('birthDate', {
      zh: '应为 1900 年以来的日期，格式 YYYY-MM-DD。',
      en: 'Use a date since 1900 as YYYY-MM-DD.',
    });
  return { birthDate: text };
}

function readOrgPath(cells: Cells, known: ReadonlySet<string>): string {
  const path = cells.text('orgPath');
  const problem = {
    zh: known.size === 0 ? '必填，格式如 /east/riverside。' : '没有这个营业部。',
    en: known.size === 0 ? 'Required, like /east/riverside.' : 'There is no such branch.',
  };
  if (known.size === 0 ? !/^\/[a-z0-9/-]{0,100}$/.test(path) : !known.has(path))
    cells.refuse('orgPath', problem);
  return path;
}

/** Mainland China where the file says nothing. */
function readRegion(cells: Cells): string {
  const region = cells.text('region').toUpperCase() || 'CN';
  if (!/^[A-Z]{2}$/.test(region))
    cells.refuse('region', { zh: '应为两位国家或地区代码，如 CN。', en: 'Use two letters, like CN.' });
  return region;
}

function readRiskProfile(cells: Cells, at: Date): { riskProfile?: Omit<RiskProfile, 'no'> } {
  const parts: CustomerColumn[] = ['riskLevel', 'lowestCategory', 'assessedAt', 'validUntil', 'answersId'];
  if (parts.every((part) => cells.text(part) === '')) return {};
  const answersId = cells.text('answersId');
  const profile = {
    level: cells.oneOf('riskLevel', RISK_CATEGORIES),
    lowestCategory: cells.yesOrNo('lowestCategory', false),
    assessedAt: cells.instant('assessedAt', 'from'),
    validUntil: cells.instant('validUntil', 'until'),
    ...(answersId === '' ? {} : { answersId }),
  };
  if (!cells.refusedAny(parts))
    for (const { path, text } of riskProfileProblems(profile, undefined, at))
      cells.refuse(path as CustomerColumn, text);
  return { riskProfile: profile };
}

function readProfessional(cells: Cells): { professional?: EvidencedStatus } {
  const status = readStatus(cells, 'professionalUntil', 'professionalEvidence');
  return status ? { professional: status } : {};
}

function readEligibility(cells: Cells): Record<string, EvidencedStatus> {
  const status = readStatus(cells, 'qualifiedUntil', 'qualifiedEvidence');
  return status ? { 'qualified-investor': status } : {};
}

function readStatus(
  cells: Cells,
  until: CustomerColumn,
  evidence: CustomerColumn,
): EvidencedStatus | undefined {
  if (cells.text(until) === '' && cells.text(evidence) === '') return undefined;
  return {
    until: cells.instant(until, 'until'),
    evidenceId: cells.matching(evidence, /^\S{1,64}$/, {
      zh: '须填写证明材料编号：没有证明就没有这一身份。',
      en: 'Name the evidence: without it there is no such status.',
    }),
  };
}

function readPreferences(cells: Cells): Preferences {
  const investmentKinds = cells.list('investmentKinds');
  return {
    ...(cells.text('term') === '' ? {} : { term: cells.oneOf('term', TERMS) }),
    ...(investmentKinds.length === 0 ? {} : { investmentKinds }),
    ...(cells.text('returnGoal') === '' ? {} : { returnGoal: cells.oneOf('returnGoal', RETURN_GOALS) }),
  };
}

function readConsents(cells: Cells, at: Date): Consent[] {
  const codes = cells.list('consents');
  if (codes.length === 0) return [];
  const givenAt = cells.instant('consentsAt', 'from');
  if (givenAt > at) cells.refuse('consentsAt', { zh: '不能晚于今天。', en: 'It cannot lie in the future.' });
  return codes.map((code) => ({ code, givenAt }));
}

/** The cells of one row, read with their problems gathered, so that a person sees all of them at once. */
class Cells {
  readonly problems: RowProblem[] = [];
  readonly #row: CustomerRow;

  constructor(row: CustomerRow) {
    this.#row = row;
  }

  text(column: CustomerColumn): string {
    return this.#row[column]?.trim() ?? '';
  }

  refuse(column: CustomerColumn, problem: LocalizedText): void {
    const text = this.text(column);
    const value =
      column === 'name' ? maskName(text) : column === 'phone' ? maskPhone(text) : text.slice(0, 100);
    this.problems.push({ column, value: text === '' ? '' : value, problem });
  }

  refusedAny(columns: readonly CustomerColumn[]): boolean {
    return this.problems.some((problem) => columns.includes(problem.column));
  }

  matching(column: CustomerColumn, pattern: RegExp, problem: LocalizedText): string {
    const text = this.text(column);
    if (!pattern.test(text)) this.refuse(column, problem);
    return text;
  }

  oneOf<T extends string>(column: CustomerColumn, choices: readonly T[]): T {
    const text = this.text(column).toUpperCase();
    const found = choices.find((choice) => choice === text);
    if (found === undefined)
      this.refuse(column, {
        zh: `应为 ${choices.join('、')} 之一。`,
        en: `Use one of ${choices.join(', ')}.`,
      });
    return found ?? choices[0]!;
  }

  list(column: CustomerColumn, choices?: readonly string[]): string[] {
    const items = this.text(column)
      .split(/[;；]/)
      .map((item) => item.trim())
      .filter((item) => item !== '');
    const unknown = items.find((item) =>
      choices ? !choices.includes(item) : !/^[A-Za-z0-9_-]{1,40}$/.test(item),
    );
    if (unknown !== undefined)
      this.refuse(column, {
        zh: `“${unknown.slice(0, 40)}”不是已知代码；多个代码用分号分隔。`,
        en: `"${unknown.slice(0, 40)}" is no known code; separate codes by semicolons.`,
      });
    if (items.length > LIST_MAX)
      this.refuse(column, { zh: `最多 ${LIST_MAX} 项。`, en: `At most ${LIST_MAX} items.` });
    return [...new Set(items)].sort();
  }

  yesOrNo(column: CustomerColumn, otherwise: boolean): boolean {
    const text = this.text(column).toLowerCase();
    if (text === '') return otherwise;
    if (['1', 'y', 'yes', 'true', '是'].includes(text)) return true;
    if (!['0', 'n', 'no', 'false', '否'].includes(text))
      this.refuse(column, { zh: '应为“是”或“否”。', en: 'Use yes or no.' });
    return false;
  }

  /** A Shanghai date, or an instant with its zone. A date that something is valid until counts to its end. */
  instant(column: CustomerColumn, edge: 'from' | 'until'): Date {
    const text = this.text(column);
    if (isDate(text)) return addDays(startOfBusinessDate(text), edge === 'until' ? 1 : 0);
    const zoned = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.test(text);
    if (zoned && isDate(text.slice(0, 10)) && !Number.isNaN(Date.parse(text))) return new Date(text);
    this.refuse(column, { zh: '应为日期，格式 YYYY-MM-DD。', en: 'Use a date as YYYY-MM-DD.' });
    return new Date(0);
  }
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const parsed = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().slice(0, 10) === text;
}
