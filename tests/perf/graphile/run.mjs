// Adds trivial jobs and does them: `node run.mjs URL default|local-queue JOBS CONCURRENCY`. Prints the milliseconds from the
// beginning of the first job until none is left in the table, so that neither start nor connecting counts.
import { Logger, makeWorkerUtils, run } from "graphile-worker";
import pg from "pg";

const [connectionString, mode, jobs, concurrency] = process.argv.slice(2);
const pgPool = new pg.Pool({ connectionString, max: Number(concurrency) + 2 });
// Its log would go to standard output, which belongs to the result.
const logger = new Logger(() => (level, message) => level === "error" && console.error(message));
const utils = await makeWorkerUtils({ pgPool, logger });
await utils.migrate();
await pgPool.query("SELECT graphile_worker.add_job('nothing', json_build_object('id', i)) FROM generate_series(1, $1) i", [jobs]);
await pgPool.query("VACUUM (ANALYZE) graphile_worker._private_jobs");
await pgPool.query("CHECKPOINT");

let begun, done = 0, finish;
const finished = new Promise((resolve) => (finish = resolve));
const nothing = async () => {
  begun ??= performance.now();
  if (++done === Number(jobs)) finish();
};
const queue = { localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 };
const worker = { concurrentJobs: Number(concurrency), ...(mode === "local-queue" ? queue : {}) };
const runner = await run({ pgPool, preset: { worker }, taskList: { nothing }, noHandleSignals: true, logger });
await finished;
while ((await pgPool.query("SELECT FROM graphile_worker._private_jobs LIMIT 1")).rowCount > 0);
console.log(performance.now() - begun);
await runner.stop();
await utils.release();
await pgPool.end();
