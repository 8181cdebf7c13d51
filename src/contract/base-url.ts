import { z } from 'zod';

/** Where an endpoint's routes begin. It holds no credentials: it is part of what is stored and shown. */
export const baseUrlSchema = z
  .url({ protocol: /^https?$/ })
  .max(2_000)
  .refine((text) => {
    const url = URL.parse(text);
    return url !== null && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  }, 'must be http or https without user, password, query or fragment: a key has a place of its own');
