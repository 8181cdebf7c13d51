import type { Budget } from './budget.ts';
import type { Flights } from './flights.ts';
import type { AnyPlan } from './plan.ts';
import type { Endpoint, OutcomeCache } from './ports.ts';

/** What a job needs to ask its endpoint something beside its masks. */
export interface Asking {
  owner: string;
  plan: AnyPlan;
  endpoint: Endpoint;
  cache: OutcomeCache;
  budget: Budget;
  flights: Flights;
  signal: AbortSignal;
  /** Cache keys that the job used, so that erasing the job erases them. */
  onUsed: (keys: readonly string[]) => void;
}
