/** Why one attempt gave no reply. */
export type FaultKind = 'http' | 'connection' | 'timeout' | 'malformed';

const RETRIED = new Set([408, 409, 429]);
const TRIES = 6;
/** What takes long or is a sign of a wrong server is not asked as often. */
const FEW_TRIES = 3;

interface FaultParts {
  kind: FaultKind;
  status?: number;
  /** Short and free of prompts, completions and keys: it is stored and shown. */
  detail: string;
  retryAfterMs?: number | null;
  /** False: would end the same way every time, whatever the kind says. */
  retryable?: boolean;
  /** The reply was larger than is read: half a list may do. */
  tooLarge?: boolean;
  /** The endpoint is held to be away: nothing was sent. */
  away?: boolean;
  /** Its address may not be reached: nothing was sent. */
  forbidden?: boolean;
  /** Whoever pays for the key has nothing left. */
  spent?: boolean;
}

/** An attempt that failed. Its reason begins with `http <status>`, `connection`, `timeout` or `malformed`. */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly kind: FaultKind;
  /** null unless the server answered with a status. */
  readonly status: number | null;
  readonly retryAfterMs: number | null;
  /** It was sent to find out whether a server is back that is held to be away: the item is no worse for it. */
  trial = false;
  /** Attempts that one request may take when it fails like this. */
  get tries(): number {
    return this.#tries;
  }
  #tries: number;
  readonly #tooLarge: boolean;
  readonly #away: boolean;
  /** The address may not be reached from here. */
  readonly forbidden: boolean;
  /** Whoever pays for the key has nothing left. */
  readonly spent: boolean;

  constructor({ kind, status, detail, retryAfterMs = null, retryable = true, tooLarge = false, away = false, forbidden = false, spent = false }: FaultParts) {
    const head = kind === 'http' ? `http ${status}` : kind;
    super(detail === '' ? head : `${head}: ${detail}`);
    this.kind = kind;
    this.status = status ?? null;
    this.retryAfterMs = retryAfterMs;
    this.#tooLarge = tooLarge;
    this.#away = away;
    this.forbidden = forbidden;
    this.spent = spent;
    // 501 says that the server was not built for it
    const passing = kind !== 'http' || RETRIED.has(this.status ?? 0) || ((this.status ?? 0) >= 500 && this.status !== 501);
    this.#tries = !retryable || spent || !passing ? 1 : kind === 'timeout' || kind === 'malformed' ? FEW_TRIES : TRIES;
  }

  /** The same, not to be asked again. */
  final(): Fault {
    this.#tries = 1;
    return this;
  }

  /** The same, with words on why it is not asked again. */
  because(words: string): Fault {
    this.message += `; ${words}`;
    return this;
  }

  get reason(): string {
    return this.message;
  }

  /** The key, the model or the route is refused, or nobody pays: nothing else that is asked here can succeed. */
  get refusesAll(): boolean {
    return this.spent || this.status === 401 || this.status === 403 || this.status === 404;
  }

  /** Nothing else that is asked now can succeed. */
  get endsAll(): boolean {
    return this.refusesAll || this.#away || this.forbidden;
  }

  /** Refused for its length, not for one of its members. */
  get aboutSize(): boolean {
    return this.#tooLarge || this.status === 413;
  }

  /** An answer to the question whether the server can be asked like this: no. As opposed to a server in trouble. */
  get unwilling(): boolean {
    return this.refusesRequest || this.status === 404 || this.kind === 'malformed';
  }

  /** The server is well and did not take this very request: one prompt of a list may be at fault, or its length. */
  get refusesRequest(): boolean {
    const status = this.status ?? 0;
    return this.#tooLarge || status === 501 || (status >= 400 && status < 500 && !RETRIED.has(status) && !this.refusesAll);
  }
}
