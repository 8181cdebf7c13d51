/** Something that is served in its turn. `tag` is its virtual start time: what it has been served, in the same unit as cost. */
interface Turn {
  tag: number;
}

interface Job<T> extends Turn {
  waiting: { item: T; cost: number }[];
}

interface Owner<T> extends Turn {
  jobs: Map<object, Job<T>>;
  /** The tag of the job that was served last. */
  clock: number;
}

function least<K, V extends Turn>(turns: Map<K, V>, waits: (turn: V) => boolean): V | null {
  let first: V | null = null;
  for (const turn of turns.values()) if (waits(turn) && (!first || turn.tag < first.tag)) first = turn;
  return first;
}

/**
 * Start-time fair queueing (P. Goyal, H. Vin, H. Cheng, SIGCOMM 1996) in two levels: owners get equal shares of the cost
 * that is served, whatever number of jobs they have, and so do the jobs of one owner. Inside a job, first come first served.
 * Who comes late starts at the time that it is: nobody saves up turns, and nobody escapes what was just served.
 */
export class FairQueue<T> {
  readonly #owners = new Map<string, Owner<T>>();
  #clock = 0;

  push(item: T, owner: string, job: object, cost: number): void {
    const of = this.#owners.get(owner) ?? { tag: this.#clock, jobs: new Map<object, Job<T>>(), clock: 0 };
    this.#owners.set(owner, of);
    if (!this.#waits(of)) of.tag = Math.max(of.tag, this.#clock);
    const line = of.jobs.get(job) ?? { tag: of.clock, waiting: [] };
    of.jobs.set(job, line);
    if (line.waiting.length === 0) line.tag = Math.max(line.tag, of.clock);
    line.waiting.push({ item, cost });
  }

  /** Whose turn it is. */
  peek(): T | undefined {
    return this.#next()?.job.waiting[0]?.item;
  }

  /** Serves whose turn it is. */
  shift(): T | undefined {
    const next = this.#next();
    const served = next?.job.waiting.shift();
    if (!next || !served) return undefined;
    const { owner, job } = next;
    this.#clock = owner.tag;
    owner.clock = job.tag;
    owner.tag += served.cost;
    job.tag += served.cost;
    this.#forget();
    return served.item;
  }

  /** Takes out one that shall not be served. */
  remove(item: T): void {
    for (const { jobs } of this.#owners.values()) {
      for (const { waiting } of jobs.values()) {
        const at = waiting.findIndex((each) => each.item === item);
        if (at >= 0) waiting.splice(at, 1);
      }
    }
  }

  /** All that wait, in no order. */
  items(): T[] {
    return [...this.#owners.values()].flatMap(({ jobs }) =>
      [...jobs.values()].flatMap(({ waiting }) => waiting.map(({ item }) => item)),
    );
  }

  #waits(owner: Owner<T>): boolean {
    for (const { waiting } of owner.jobs.values()) if (waiting.length > 0) return true;
    return false;
  }

  #next(): { owner: Owner<T>; job: Job<T> } | null {
    const owner = least(this.#owners, (each) => this.#waits(each));
    const job = owner && least(owner.jobs, ({ waiting }) => waiting.length > 0);
    return owner && job && { owner, job };
  }

  /** Whoever is idle and behind the clock would start at the clock anyway. */
  #forget(): void {
    for (const [name, owner] of this.#owners) {
      for (const [key, job] of owner.jobs) if (job.waiting.length === 0 && job.tag <= owner.clock) owner.jobs.delete(key);
      if (owner.tag <= this.#clock && !this.#waits(owner)) this.#owners.delete(name);
    }
  }
}
