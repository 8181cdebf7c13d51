import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { IN_FLIGHT, type Service, startService } from './faults-kit.ts';

let service: Service;
afterEach(() => service.stop());

it('fifty jobs survive an endpoint that is gone for a minute', async () => {
  service = await startService();
  const { relay, survive, askedTwice } = service;
  await survive(async () => {
    await relay.down();
    await sleep(60_000);
    await relay.up();
  });
  // what it was asked when it went was not answered, so it was asked again
  expect(askedTwice()).toBeLessThanOrEqual(IN_FLIGHT);
}, 600_000);
