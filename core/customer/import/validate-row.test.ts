import { describe, expect, test } from '@jest/globals';
import { CUSTOMER_COLUMNS, readHeader, type CustomerRow } from './columns.ts';
import { validateRow } from './validate-row.ts';

const at = new Date('2026-11-24T04:00:00Z');
const tier = (code: string, rank: number) => ({
  code,
  rank,
  name: { zh: code, en: code },
  assetsFromMinor: rank,
});
const context = {
  scheme: {
    tiers: [tier('BASIC', 0), tier('GOLD', 1)],
    clubs: [
      { code: 'LAKE', rank: 1, name: { zh: '澄湖会', en: 'Lake Club' }, admission: 'INVITATION' as const },
    ],
  },
  orgPaths: new Set(['/', '/east/riverside']),
  at,
};
const good: CustomerRow = {
  externalId: 'crm-1',
  customerNo: 'C000001',
  name: '王小宁',
  phone: '+86 138-0000-1234',
  birthDate: '1960-02-29',
  orgPath: '/east/riverside',
  region: 'hk',
  tier: 'gold',
  clubs: 'LAKE',
  stage: 'MATURE',
  riskLevel: 'C1',
  lowestCategory: '是',
  assessedAt: '2026-01-05',
  validUntil: '2028-01-04',
  answersId: 'q-9',
  professionalUntil: '2027-06-30',
  professionalEvidence: 'doc-7',
  qualifiedUntil: '2027-06-30T12:00:00+08:00',
  qualifiedEvidence: 'doc-8',
  permissions: 'star-market；margin',
  term: 'medium',
  investmentKinds: 'FIXED_INCOME',
  returnGoal: 'STEADY',
  personalisation: 'no',
  consents: 'MARKETING_SMS',
  consentsAt: '2026-01-05',
};

describe('a row of a client file', () => {
  test('a full row becomes a client, with dates in Shanghai and until-dates to their end', () => {
    expect(validateRow(good, context).input).toEqual({
      externalId: 'crm-1',
      customerNo: 'C000001',
      name: '王小宁',
      phone: '13800001234',
      birthDate: '1960-02-29',
      orgPath: '/east/riverside',
      region: 'HK',
      tier: 'GOLD',
      clubs: ['LAKE'],
      stage: 'MATURE',
      riskProfile: {
        level: 'C1',
        lowestCategory: true,
        assessedAt: new Date('2026-01-04T16:00:00Z'),
        validUntil: new Date('2028-01-04T16:00:00Z'),
        answersId: 'q-9',
      },
      professional: { until: new Date('2027-06-30T16:00:00Z'), evidenceId: 'doc-7' },
      eligibility: { 'qualified-investor': { until: new Date('2027-06-30T04:00:00Z'), evidenceId: 'doc-8' } },
      permissions: ['margin', 'star-market'],
      preferences: { term: 'MEDIUM', investmentKinds: ['FIXED_INCOME'], returnGoal: 'STEADY' },
      personalisation: false,
      consents: [{ code: 'MARKETING_SMS', givenAt: new Date('2026-01-04T16:00:00Z') }],
    });
  });

  test('a row with the required cells alone is a client without profile who has agreed to nothing', () => {
    const required = Object.entries(CUSTOMER_COLUMNS).filter(([, column]) => column.required);
    const row = Object.fromEntries(required.map(([code]) => [code, good[code as keyof CustomerRow]]));
    const { input } = validateRow(row, context);
    expect(input).toMatchObject({
      clubs: [],
      eligibility: {},
      preferences: {},
      personalisation: true,
      consents: [],
    });
    expect(Object.keys(input!)).not.toContain('riskProfile');
  });

  test.each<[keyof CustomerRow, string]>([
    ['externalId', ''],
    ['externalId', 'has space'],
    ['customerNo', 'c1'],
    ['name', ''],
    ['name', 'a\u0000b'],
    ['phone', '12'],
    ['phone', 'not a phone'],
    ['birthDate', '1960-02-30'],
    ['birthDate', '2026-11-25'],
    ['birthDate', '1/2/1960'],
    ['orgPath', '/west'],
    ['region', 'China'],
    ['tier', 'GOLDEN'],
    ['clubs', 'LAKE;VOYAGER'],
    ['stage', 'ASLEEP'],
    ['riskLevel', 'C6'],
    ['riskLevel', ''],
    ['riskLevel', 'C2'],
    ['lowestCategory', 'maybe'],
    ['assessedAt', '2026-11-25'],
    ['assessedAt', ''],
    ['validUntil', '2026-01-03'],
    ['validUntil', '2026-01-05T00:00'],
    ['professionalEvidence', ''],
    ['professionalUntil', 'soon'],
    ['qualifiedEvidence', ''],
    ['permissions', '=cmd()'],
    ['term', '12'],
    ['returnGoal', 'RICH'],
    ['personalisation', '2'],
    ['consentsAt', ''],
    ['consentsAt', '2026-11-25'],
  ])('%s "%s" is refused by its column', (column, value) => {
    const { problems } = validateRow({ ...good, [column]: value }, context);
    const blamed = column === 'riskLevel' && value === 'C2' ? 'lowestCategory' : column;
    expect(problems?.map((problem) => problem.column)).toEqual([blamed]);
  });

  test('all problems of a row are told at once, and none tells a name or phone', () => {
    const { problems } = validateRow(
      { ...good, name: '王小宁'.repeat(30), phone: '123456', tier: '', stage: '' },
      context,
    );
    expect(problems?.map((problem) => problem.column)).toEqual(['name', 'phone', 'tier', 'stage']);
    expect(JSON.stringify(problems)).not.toMatch(/小宁|123456/);
  });
});

describe('the header of a client file', () => {
  test('codes and titles in both languages are understood, whatever their case, width and spaces', () => {
    const required = ['customerNo', '姓名', ' Phone ', 'BRANCH', '客户分级', 'ｓtage', 'External Id'];
    expect(readHeader(required)).toEqual({
      columns: ['customerNo', 'name', 'phone', 'orgPath', 'tier', 'stage', 'externalId'],
      problems: [],
    });
  });

  test('unknown, repeated and missing columns are named', () => {
    const { problems } = readHeader(['externalId', 'Salary', '姓名', 'name']);
    expect(problems.map((problem) => `${problem.column}: ${problem.problem.en}`)).toEqual([
      'Salary: No such column: remove or rename it.',
      'name: This column stands twice.',
      'Client number: The required column "Client number" is missing.',
      'Phone: The required column "Phone" is missing.',
      'Branch: The required column "Branch" is missing.',
      'Tier: The required column "Tier" is missing.',
      'Stage: The required column "Stage" is missing.',
    ]);
  });
});
