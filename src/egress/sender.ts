import { causeOf } from './causes.ts';
import { createNetwork, type NetworkOptions } from './network.ts';

/** What came of a message: a status, or why there is none, in words that hold nothing of it. */
export type Delivery = { status: number; retryAfter: string | null } | { failure: string; permanent: boolean };

/** Posts messages to URLs that callers gave. */
export interface Sender {
  /**
   * One attempt. The reply's body is read up to its bound and thrown away: the status is all that counts. Never throws.
   * @param url http or https
   */
  post(url: string, headers: Readonly<Record<string, string>>, body: string, signal?: AbortSignal): Promise<Delivery>;
  close(): Promise<void>;
}

interface SenderOptions extends Omit<NetworkOptions, 'headers'> {
  /** From sending to the last byte of the reply. */
  timeoutMs: number;
}

/** Headers leave as they are given. */
export function createSender({ timeoutMs, ...options }: SenderOptions): Sender {
  const network = createNetwork({ ...options, headers: null });
  return {
    async post(url, headers, body, signal) {
      const deadline = AbortSignal.timeout(timeoutMs);
      try {
        const reply = await network.fetch(url, { method: 'POST', headers, body, signal: signal ? AbortSignal.any([signal, deadline]) : deadline });
        await reply.arrayBuffer().catch(() => null);
        return { status: reply.status, retryAfter: reply.headers.get('retry-after') };
      } catch (error) {
        if (deadline.aborted) return { failure: `no reply within ${timeoutMs / 1_000} s`, permanent: false };
        const { detail, permanent } = causeOf(error);
        return { failure: detail, permanent };
      }
    },
    close: () => network.close(),
  };
}
