import { type IRedisTransaction, Job, SpanKind, TelemetryAttributes } from 'bullmq';
import { type ExplanationQueue, JOB, JOB_OPTIONS, payloadOf, type Submitted } from './queue.ts';

/*
 * BullMQ's way of adding a job, found out from BullMQ itself, for a script of ours to add it by.
 */

/** What Redis is to run: the name that BullMQ defined the script under, its keys and then its values. */
export interface Addition {
  script: string;
  values: readonly (string | Buffer)[];
}

type Metadata = string | undefined;

function jobOf(queue: ExplanationQueue, submitted: Submitted, metadata?: Metadata): Job {
  const telemetry = metadata === undefined ? {} : { telemetry: { metadata } };
  return new Job(queue, JOB, payloadOf(submitted), { ...JOB_OPTIONS, ...telemetry, jobId: submitted.id }, submitted.id);
}

async function additionOf(job: Job): Promise<Addition> {
  const said: Addition[] = [];
  // of a transaction, the one thing that adding a job asks of it
  const scribe = {
    runCommand(script: string, values: Addition['values']) {
      said.push({ script, values });
      return job.id;
    },
  };
  await job.addJob(scribe as unknown as IRedisTransaction);
  const [addition] = said;
  if (!addition) throw new Error('BullMQ adds no job');
  return addition;
}

/** Adds an explanation by `run`, in the trace that `queue.add` would make. */
export async function addTraced(queue: ExplanationQueue, submitted: Submitted, run: (addition: Addition) => Promise<void>): Promise<void> {
  await queue.trace(SpanKind.PRODUCER, 'add', `${queue.name}.${JOB}`, async (span, metadata) => {
    await run(await additionOf(jobOf(queue, submitted, metadata)));
    span?.setAttributes({ [TelemetryAttributes.JobName]: JOB, [TelemetryAttributes.JobId]: submitted.id });
  });
}

/** As Lua writes bytes, whatever they are. */
export const quoted = (bytes: Buffer | string): string => `'${[...Buffer.from(bytes)].map((byte) => `\\${String(byte).padStart(3, '0')}`).join('')}'`;

/** Names of Lua's variables for what is different from job to job. */
export interface Variables {
  id: string;
  /** Milliseconds, a number. */
  created: string;
  /** JSON text of the payload. */
  data: string;
}

/** Code units of every id of an explanation: what stands before a text in MessagePack says how long it is. */
export const ID_LENGTH = 30;
const SAMPLES = [
  { id: `exp_${'y'.repeat(ID_LENGTH - 4)}`, created: 1_234_567_890_123 },
  { id: `exp_${'z'.repeat(ID_LENGTH - 4)}`, created: 1_700_000_000_001 },
];

/** The double of MessagePack. */
function packed(value: number): Buffer {
  const bytes = Buffer.alloc(9, 0xcb);
  bytes.writeDoubleBE(value, 1);
  return bytes;
}

/** Lua for these bytes with each place where one of the parts stands given by that part's own Lua. */
function expression(bytes: Buffer, [part, ...others]: readonly (readonly [Buffer, string])[]): string {
  if (!part) return quoted(bytes);
  const [what, lua] = part;
  const at = bytes.indexOf(what);
  if (at < 0) return expression(bytes, others);
  return `${expression(bytes.subarray(0, at), others)} .. ${lua} .. ${expression(bytes.subarray(at + what.length), [part, ...others])}`;
}

/** The same with an expression of Lua for each value: what BullMQ would send for any job, without asking it for every job. */
export interface Template {
  script: string;
  values: readonly string[];
}

/** null where BullMQ says more of a job than is known here, so that it must be asked each time. */
export async function templateOf(queue: ExplanationQueue, variables: Variables): Promise<Template | null> {
  const [one, other] = await Promise.all(
    SAMPLES.map(async ({ id, created }): Promise<Template> => {
      const job = jobOf(queue, { id, requestId: null });
      job.timestamp = created;
      const { script, values } = await additionOf(job);
      const parts = [[Buffer.from(JSON.stringify(job.data)), variables.data], [packed(created), `cmsgpack.pack(${variables.created})`], [Buffer.from(id), variables.id]] as const;
      return { script, values: values.map((value) => expression(Buffer.from(value), parts)) };
    }),
  );
  return one && JSON.stringify(one) === JSON.stringify(other) ? one : null;
}
