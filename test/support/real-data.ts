import { resolve } from 'node:path';
import { fromRoot } from '../../core/paths.ts';

/** Where a file of the real input data is expected, by default beside the project (`TESSERA_REAL_DATA` says otherwise). */
export function realDataPath(file: string): string {
  return resolve(process.env.TESSERA_REAL_DATA ?? fromRoot('..', 'shared', 'data'), file);
}
