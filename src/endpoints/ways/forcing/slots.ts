import type { Errand } from '../../traffic/channel.ts';
import type { Desk } from '../way.ts';
import { itemsOf, readProps } from './replies.ts';
import { going } from './request.ts';

/** Sequences that a server works on at once, each with a memory of what it read last. */
export interface Slots {
  count: number;
  /** Whether a slot that is asked for by number still knows what it read, although others worked meanwhile. */
  kept: boolean;
}

/**
 * Whether slots keep what they read is tried: one prompt, another one on the next slot, the first one again. With a
 * memory that all slots share, llama.cpp empties idle slots whenever a task starts, and asking for one by number does not
 * bring its prompt back.
 * @throws Fault
 */
export async function lookAtSlots(desk: Desk, prompt: readonly number[], errand: Errand): Promise<Slots> {
  const { channel } = desk;
  const { total_slots: count } = await channel.post({ path: '/props', root: true, method: 'get', body: {} }, readProps, errand);
  if (count === 1) return { count, kept: true };
  let known = 0;
  for (const [slot, ids] of [[0, prompt], [1, prompt.toReversed()], [0, prompt]] as const) {
    const request = going(desk, [ids], slot, null, { n_predict: 1 });
    const [item] = await channel.post(request, (reply) => itemsOf(reply, 1), errand);
    if (item?.id_slot !== slot) return { count, kept: false };
    known = item['timings/cache_n'] ?? 0;
  }
  // the last token is always read anew
  return { count, kept: known >= prompt.length - 1 };
}
