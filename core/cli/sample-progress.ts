import { SingleBar } from 'cli-progress';
import type { SampleProgress } from '../sample/loader.ts';

const LOOK_MS = 200;

/** Shows how far the sample firm is loaded until it is, without holding anything up. */
export function showSampleProgress(progress: () => SampleProgress): void {
  if (progress().state !== 'LOADING') return;
  const bar = new SingleBar({
    format: '  Sample firm  {bar} {part} {partsDone}/{parts}',
    clearOnComplete: true,
    noTTYOutput: false,
  });
  bar.start(1, 0, { part: '', partsDone: 0, parts: 0 });
  const timer = setInterval(() => {
    const { state, part = '', done, total, partsDone, parts } = progress();
    bar.setTotal(Math.max(1, total));
    bar.update(done, { part, partsDone, parts });
    if (state === 'LOADING') return;
    clearInterval(timer);
    bar.stop();
    console.log(
      state === 'DONE'
        ? '  The sample firm is loaded. 示例公司已载入。\n'
        : '  The sample firm was not loaded whole; the log says why, and the next start goes on. 示例公司未完整载入，详见日志。\n',
    );
  }, LOOK_MS);
  timer.unref();
}
