import { FEE_COLUMNS, FUND_COLUMNS, type Fund } from '../../plugins/fund-pool/import/fund-row.ts';

/** Funds as a list of the form that the importer reads. */
export function fundListCsv(funds: readonly Fund[]): string {
  const header = [...FUND_COLUMNS, ...Object.keys(FEE_COLUMNS)];
  const lines = funds.map(({ code, name, type, company, inceptionDate, fees }) => [
    code,
    name,
    type,
    company ?? '',
    inceptionDate ?? '',
    ...Object.values(FEE_COLUMNS).map((attribute) => percent(fees[attribute])),
  ]);
  return [header, ...lines].map((cells) => `${cells.map(quoted).join(',')}\n`).join('');
}

function percent(ppm: number | undefined): string {
  if (ppm === undefined) return '';
  return `${Math.floor(ppm / 10_000)}.${String(ppm % 10_000).padStart(4, '0')}`;
}

function quoted(cell: string): string {
  return /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
