import type { Claims, Findings, ProbeReport } from '../../service/shared-ports.ts';
import type { Dialect } from '../dialects/dialect.ts';
import type { Clock } from '../traffic/clock.ts';
import type { Desk } from '../ways/way.ts';
import { Probe, type Probed } from './probe.ts';
import { type Finding, readRecord, writeRecord } from './record.ts';
import { Remembered } from './remembered.ts';

/** How long a finding stands that a server in trouble gave: enough for a job's next round. */
const DOUBTFUL_MS = 60_000;
/** How long a certain one is shared: a server that is set up anew is noticed within a day, or by a probe on request. */
const SHARED_MS = 24 * 3_600_000;
/** How often it is looked up whether another process has found out anew. */
const LOOK_MS = 60_000;
/** How often to look for what another process is finding out. */
const POLL_MS = 200;

export interface KnownParts {
  name: string;
  /** Under which findings and claims are shared. */
  scope: string;
  /** Tells the server behind the name from others. */
  identity: string;
  dialect: Dialect;
  desk: (model: string) => Desk;
  clock: Clock;
  findings: Findings | undefined;
  claims: Claims | undefined;
  onFound: (report: ProbeReport) => void;
}

/** What one endpoint was found to do, by model: found once by one process, then known to all. */
export class Known {
  readonly #parts: KnownParts;
  readonly #of: string;
  readonly #remembered: Remembered<Finding>;
  readonly #last = new Map<string, Finding>();

  constructor(parts: KnownParts) {
    this.#parts = parts;
    this.#of = `${parts.identity}|${parts.dialect.id}`;
    this.#remembered = new Remembered(() => parts.clock.now());
  }

  /** @throws ProblemError endpoint_unreachable, endpoint_timeout, endpoint_refused, or the signal's reason */
  async get(model: string, signal: AbortSignal): Promise<Probed> {
    const finding = await this.#remembered.get(model, signal, async (own) => this.#keep(model, await this.#find(model, own)));
    return finding.probed;
  }

  /** Asks the server whatever is known. @throws as `get` */
  async renew(model: string, signal: AbortSignal): Promise<ProbeReport> {
    // under a name of its own: whoever asks for what is known meanwhile is not kept waiting
    const { report } = await this.#remembered.get(`\u0000${model}`, signal, async (own) => ({
      value: await this.#probe(model, own, true),
      until: 0,
    }));
    this.#remembered.forget(model);
    return report;
  }

  #keep(model: string, finding: Finding): { value: Finding; until: number } {
    this.#last.set(model, finding);
    const { certain } = finding.report;
    const now = this.#parts.clock.now();
    return { value: finding, until: !certain ? now + DOUBTFUL_MS : this.#parts.findings ? now + LOOK_MS : Infinity };
  }

  async #find(model: string, signal: AbortSignal): Promise<Finding> {
    const { claims, clock, scope } = this.#parts;
    for (;;) {
      const known = await this.#look(model);
      if (known) return known;
      const claim = [`probe:${scope}:${model}`];
      if (claims && !(await claims.take(claim))[0]) {
        await clock.sleep(POLL_MS, signal);
        continue;
      }
      try {
        // it may have been stored between the look and the claim
        return (await this.#look(model)) ?? (await this.#probe(model, signal));
      } finally {
        await claims?.release(claim);
      }
    }
  }

  /** What is shared, else what this process found before and nobody has found otherwise since. */
  async #look(model: string): Promise<Finding | null> {
    const { findings, scope, dialect, desk, clock } = this.#parts;
    if (!findings) return null;
    const last = this.#last.get(model);
    const read = readRecord(await findings.get(scope, model), this.#of, dialect, desk(model));
    const age = clock.now() - Date.parse(read?.report.probedAt ?? '');
    const shared = read?.report.certain === false && age >= DOUBTFUL_MS ? null : read;
    // the weighers of an unchanged finding have learnt things
    if (shared && shared.report.probedAt !== last?.report.probedAt) return shared;
    return last?.report.certain && clock.now() - Date.parse(last.report.probedAt) < SHARED_MS ? last : shared;
  }

  async #probe(model: string, signal: AbortSignal, onRequest = false): Promise<Finding> {
    const { name, scope, dialect, desk, clock, findings, onFound } = this.#parts;
    const probe = new Probe(desk(model), signal);
    const probed = await probe.run(dialect);
    const { supports, certain } = probed;
    const more = onRequest ? await probe.survey() : null;
    const probedAt = new Date(clock.now()).toISOString();
    const report = { endpoint: name, model, supports, probedAt, httpRequests: probe.httpRequests, certain, more };
    const finding: Finding = { probed, report };
    const record = writeRecord(finding, this.#of);
    await findings?.set(scope, model, record, (certain ? SHARED_MS : DOUBTFUL_MS) / 1_000);
    this.#last.set(model, finding);
    onFound(report);
    return finding;
  }
}
