/** What a list shows, as its address holds it: a view of a list is a link, and the back button undoes a filter. */
export type ListAddress = {
  text: string;
  /** Conditions by the name of the filter's field; a field without values is absent. */
  values: Record<string, string[]>;
  sort: string;
  descending: boolean;
  size: number;
  /** Where the page begins or ends; neither: at the beginning. */
  after?: string;
  before?: string;
};

export type ListShape = {
  /** Fields of the filter that hold values. */
  fields: readonly string[];
  sort: string;
  descending: boolean;
  sorts: readonly string[];
};

export const SIZES = [20, 50, 100] as const;
const SIZE = 50;

export function readAddress(params: URLSearchParams, shape: ListShape): ListAddress {
  const values: Record<string, string[]> = {};
  for (const field of shape.fields) {
    const found = [...new Set(params.getAll(field).filter(Boolean))];
    if (found.length > 0) values[field] = found;
  }
  const sort = params.get('sort') ?? '';
  const known = shape.sorts.includes(sort);
  const size = Number(params.get('size'));
  const after = params.get('after');
  const before = params.get('before');
  return {
    text: params.get('q') ?? '',
    values,
    sort: known ? sort : shape.sort,
    descending: known ? params.get('desc') === '1' : shape.descending,
    size: SIZES.includes(size as never) ? size : SIZE,
    ...(after ? { after } : before ? { before } : {}),
  };
}

/** Only what differs from the plain list, so that links stay short. */
export function writeAddress(address: ListAddress, shape: ListShape): URLSearchParams {
  const params = new URLSearchParams();
  if (address.text !== '') params.set('q', address.text);
  for (const field of shape.fields)
    for (const value of address.values[field] ?? []) params.append(field, value);
  if (address.sort !== shape.sort || address.descending !== shape.descending) {
    params.set('sort', address.sort);
    if (address.descending) params.set('desc', '1');
  }
  if (address.size !== SIZE) params.set('size', String(address.size));
  if (address.after !== undefined) params.set('after', address.after);
  else if (address.before !== undefined) params.set('before', address.before);
  return params;
}

/** Another filter, order or size begins again at the first page. */
export function fromStart(address: ListAddress): ListAddress {
  const { after: _after, before: _before, ...rest } = address;
  return rest;
}

export function withValues(address: ListAddress, field: string, values: readonly string[]): ListAddress {
  const { [field]: _old, ...others } = address.values;
  return fromStart({ ...address, values: values.length > 0 ? { ...others, [field]: [...values] } : others });
}

export function toggled(address: ListAddress, field: string, value: string): ListAddress {
  const set = address.values[field] ?? [];
  return withValues(
    address,
    field,
    set.includes(value) ? set.filter((one) => one !== value) : [...set, value],
  );
}

export function conditionCount({ text, values }: ListAddress): number {
  return Object.keys(values).length + (text.trim() === '' ? 0 : 1);
}

/** The filter as the platform takes it; undefined where nothing is narrowed. */
export function filterOf({ text, values }: ListAddress): Record<string, unknown> | undefined {
  const filter = { ...values, ...(text.trim() === '' ? {} : { text: text.trim() }) };
  return Object.keys(filter).length > 0 ? filter : undefined;
}
