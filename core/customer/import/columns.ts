import type { LocalizedText } from '../../plugin/contract.ts';

export interface ImportColumn {
  readonly title: LocalizedText;
  readonly required: boolean;
}

/** The columns of a client file. A header may use the code or either title; case, width and spaces do not matter. */
export const CUSTOMER_COLUMNS = {
  externalId: { title: { zh: '外部编号', en: 'External id' }, required: true },
  customerNo: { title: { zh: '客户号', en: 'Client number' }, required: true },
  name: { title: { zh: '姓名', en: 'Name' }, required: true },
  phone: { title: { zh: '手机号', en: 'Phone' }, required: true },
  birthDate: { title: { zh: '出生日期', en: 'Birth date' }, required: false },
  orgPath: { title: { zh: '营业部', en: 'Branch' }, required: true },
  region: { title: { zh: '所在地区', en: 'Region' }, required: false },
  tier: { title: { zh: '客户分级', en: 'Tier' }, required: true },
  clubs: { title: { zh: '俱乐部', en: 'Clubs' }, required: false },
  stage: { title: { zh: '生命周期', en: 'Stage' }, required: true },
  riskLevel: { title: { zh: '风险承受能力', en: 'Risk category' }, required: false },
  lowestCategory: { title: { zh: '最低类别', en: 'Lowest category' }, required: false },
  assessedAt: { title: { zh: '测评日期', en: 'Assessed' }, required: false },
  validUntil: { title: { zh: '测评有效期至', en: 'Assessment valid until' }, required: false },
  answersId: { title: { zh: '问卷编号', en: 'Answers id' }, required: false },
  professionalUntil: { title: { zh: '专业投资者有效期至', en: 'Professional until' }, required: false },
  professionalEvidence: { title: { zh: '专业投资者证明', en: 'Professional evidence' }, required: false },
  qualifiedUntil: { title: { zh: '合格投资者有效期至', en: 'Qualified until' }, required: false },
  qualifiedEvidence: { title: { zh: '合格投资者证明', en: 'Qualified evidence' }, required: false },
  permissions: { title: { zh: '已开通权限', en: 'Permissions' }, required: false },
  term: { title: { zh: '期限偏好', en: 'Term' }, required: false },
  investmentKinds: { title: { zh: '品种偏好', en: 'Kinds' }, required: false },
  returnGoal: { title: { zh: '预期收益', en: 'Return goal' }, required: false },
  personalisation: { title: { zh: '个性化推荐', en: 'Personalisation' }, required: false },
  consents: { title: { zh: '同意事项', en: 'Consents' }, required: false },
  consentsAt: { title: { zh: '同意日期', en: 'Consents given' }, required: false },
} as const satisfies Readonly<Record<string, ImportColumn>>;

export type CustomerColumn = keyof typeof CUSTOMER_COLUMNS;
/** A row by column code; cells that the file does not have are absent. */
export type CustomerRow = Readonly<Partial<Record<CustomerColumn, string>>>;

export interface HeaderProblem {
  readonly column: string;
  readonly problem: LocalizedText;
}

/** Which column stands at which place, or what is wrong with the header. */
export function readHeader(cells: readonly string[]): {
  readonly columns: readonly CustomerColumn[];
  readonly problems: readonly HeaderProblem[];
} {
  const problems: HeaderProblem[] = [];
  const columns: CustomerColumn[] = [];
  for (const cell of cells) {
    const column = BY_HEADER.get(plain(cell));
    if (column === undefined)
      problems.push({
        column: cell.trim(),
        problem: { zh: '没有这一列，请删除或改名。', en: 'No such column: remove or rename it.' },
      });
    else if (columns.includes(column))
      problems.push({
        column: cell.trim(),
        problem: { zh: '此列出现两次。', en: 'This column stands twice.' },
      });
    columns.push(column ?? 'externalId');
  }
  for (const [code, { required, title }] of Object.entries(CUSTOMER_COLUMNS))
    if (required && !columns.includes(code as CustomerColumn))
      problems.push({
        column: title.en,
        problem: { zh: `缺少必填列“${title.zh}”。`, en: `The required column "${title.en}" is missing.` },
      });
  return { columns, problems };
}

const BY_HEADER = new Map(
  Object.entries(CUSTOMER_COLUMNS).flatMap(([code, { title }]) =>
    [code, title.zh, title.en].map((header) => [plain(header), code as CustomerColumn] as const),
  ),
);

function plain(header: string): string {
  return header.normalize('NFKC').replace(/\s+/g, '').toLowerCase();
}
