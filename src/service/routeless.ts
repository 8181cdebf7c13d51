import { type CallShape, shapeOf } from '../core/callshape.ts';
import { ProblemError } from '../errors.ts';
import type { AnyPlan } from './plan.ts';
import type { Supports } from './ports.ts';

/** The route of each shape of call, and the field that makes a call one of it. */
const ROUTES: Readonly<Record<CallShape, { route: string; field: string }>> = {
  chat: { route: '/chat/completions', field: 'messages' },
  completion: { route: '/completions', field: 'prompt' },
  responses: { route: '/responses', field: 'input' },
};

/** @throws ProblemError unsupported_call where the endpoint has no route for calls of this shape */
export function refuseRouteless(supports: Supports, { call, endpoint }: AnyPlan): void {
  const shape = shapeOf(call);
  if (!shape || supports[shape] !== null) return;
  const open = (Object.keys(ROUTES) as CallShape[]).filter((each) => supports[each] !== null).map((each) => `\`${ROUTES[each].field}\``);
  throw new ProblemError('unsupported_call', `${endpoint.name} has no ${ROUTES[shape].route} for this model: calls to it have ${open.join(' or ')}, not \`${ROUTES[shape].field}\``);
}
