import type { Host, ImportInput, ImportProblem, ImportReport } from '../../plugin/contract.ts';
import type { CustomerInput } from '../customer-input.ts';
import { customerService, type CustomerService } from '../service.ts';
import { UPSERT_MAX } from '../write.ts';
import { readCustomerFile } from './read-file.ts';
import { validateRow } from './validate-row.ts';

/** Problems told of at most; a file with more is wrong as a whole. */
const PROBLEMS_MAX = 1000;
const CHECK_BATCH = 1000;

/**
 * `npm run import -- customers FILE`. The whole file is checked first; one bad row and nothing is applied. The same
 * file again changes nothing, so that an import that was cut short is simply repeated.
 */
export async function importCustomers(input: ImportInput, host: Host): Promise<ImportReport> {
  const service = host.service(customerService);
  const { inputs, problems, rows } = await checkFile(input, service, host.clock.now());
  const counts = { created: 0, changed: 0, unchanged: 0 };
  if (problems.count === 0)
    for (let from = 0; from < inputs.length; from += UPSERT_MAX) {
      const chunk = inputs.slice(from, from + UPSERT_MAX);
      const done = input.dryRun ? await service.compare(chunk) : await service.upsert(input.actor, chunk);
      counts.created += done.created;
      counts.changed += done.changed;
      counts.unchanged += done.unchanged;
      input.onProgress(from + chunk.length, inputs.length);
    }
  return {
    rows,
    ...counts,
    problems: problems.told,
    facts: { dryRun: input.dryRun, problemsLeftOut: problems.count - problems.told.length },
  };
}

interface CheckedFile {
  readonly inputs: CustomerInput[];
  readonly problems: Problems;
  rows: number;
}

/** The first problems in full, of the others only that they are there: a wrong file must not fill the memory. */
class Problems {
  readonly told: ImportProblem[] = [];
  count = 0;

  push(problem: ImportProblem): void {
    if (this.count++ < PROBLEMS_MAX) this.told.push(problem);
  }
}

async function checkFile({ file }: ImportInput, service: CustomerService, at: Date): Promise<CheckedFile> {
  const orgPaths = new Set((await service.branches()).map((branch) => branch._id));
  const context = { scheme: await service.scheme(at), orgPaths, at };
  const checked: CheckedFile = { inputs: [], problems: new Problems(), rows: 0 };
  const lines = new Map<CustomerInput, number>();
  for await (const read of readCustomerFile(file)) {
    if (read.problem) {
      checked.problems.push(read.problem);
      continue;
    }
    checked.rows++;
    const { input, problems } = validateRow(read.row, context);
    if (input) {
      checked.inputs.push(input);
      lines.set(input, read.line);
    } else for (const problem of problems) checked.problems.push({ line: read.line, ...problem });
  }
  refuseRepeats(checked, lines);
  for (let from = 0; from < checked.inputs.length; from += CHECK_BATCH)
    await refuseTaken(checked, lines, checked.inputs.slice(from, from + CHECK_BATCH), service);
  checked.problems.told.sort((a, b) => a.line - b.line);
  return checked;
}

function refuseRepeats({ inputs, problems }: CheckedFile, lines: ReadonlyMap<CustomerInput, number>): void {
  for (const column of ['externalId', 'customerNo'] as const) {
    const first = new Map<string, number>();
    for (const input of inputs) {
      const line = lines.get(input)!;
      const earlier = first.get(input[column]);
      if (earlier === undefined) first.set(input[column], line);
      else
        problems.push({
          line,
          column,
          value: input[column],
          problem: { zh: `与第 ${earlier} 行重复。`, en: `Line ${earlier} has the same.` },
        });
    }
  }
}

/** A client number belongs to one external id for good. */
async function refuseTaken(
  { problems }: CheckedFile,
  lines: ReadonlyMap<CustomerInput, number>,
  batch: readonly CustomerInput[],
  service: CustomerService,
): Promise<void> {
  for (const { input, holder } of await service.numberConflicts(batch))
    problems.push({
      line: lines.get(input)!,
      column: 'customerNo',
      value: input.customerNo,
      problem: {
        zh: `外部编号 ${holder.externalId} 与客户号 ${holder.customerNo} 已对应，不能改变。`,
        en: `External id ${holder.externalId} and client number ${holder.customerNo} belong together and cannot be parted.`,
      },
    });
}
