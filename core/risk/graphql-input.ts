import type { RiskLevel } from '../catalog/records.ts';
import type { StatedSheet } from './derive.ts';

type Maybe<T> = T | null | undefined;

export interface SheetArg {
  readonly scores: readonly { readonly factor: string; readonly score: number }[];
  readonly leverageHundredths?: Maybe<number>;
  readonly valuationUnclear: boolean;
  readonly managerLevel?: Maybe<RiskLevel>;
}

export function toSheet({
  scores,
  leverageHundredths,
  valuationUnclear,
  managerLevel,
}: SheetArg): StatedSheet {
  return {
    scores: Object.fromEntries(scores.map(({ factor, score }) => [factor, score])),
    valuationUnclear,
    ...(leverageHundredths == null ? {} : { leverageHundredths }),
    ...(managerLevel == null ? {} : { managerLevel }),
  };
}
