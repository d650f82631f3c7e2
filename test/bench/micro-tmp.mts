import { generatedCatalog } from '../support/generated-catalog.ts';
import { generatedClients } from '../support/generated-clients.ts';
import { createListApp } from '../support/list-app.ts';
import { listBody } from '../bench/list-question.ts';
const around = new Date();
const app = await createListApp({ rows: generatedCatalog({ seed: 5, products: 1000, around, settled: true }), clients: generatedClients(11, 5000, around), now: () => new Date() });
const bodies = Array.from({length:5000},(_, c)=> JSON.parse(listBody(c).body));
const context = app.context();
let bytes = 0;
const response = { setHeader(){}, end(t: string){ bytes += t.length; } } as never;
for (let round=0; round<40; round++) {
  const c0 = process.cpuUsage(); const t=performance.now();
  for (const body of bodies) { const r = app.hotPath.tryAnswer({ body, headers: {} } as never, response, { ...context, at: new Date() }); if (r !== true) throw new Error('x'); }
  const c = process.cpuUsage(c0);
  console.log(round, ((c.user+c.system)/5000).toFixed(1), 'cpu µs', ((performance.now()-t)/5).toFixed(1), 'wall µs');
}
process.exit(0)
