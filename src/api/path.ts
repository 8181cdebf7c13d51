import { z } from 'zod';
import { idSchema } from '../contract/resource.ts';

/** Path of everything that belongs to one explanation. */
export const pathSchema = z.strictObject({ id: idSchema });

/** Query of what takes none: an unknown parameter is an error, like an unknown field. */
export const noQuerySchema = z.strictObject({});
