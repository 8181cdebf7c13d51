import { mayBePublic } from '../egress/address.ts';
import type { UrlCheck } from './webhook-ports.ts';

/**
 * What can be said of a URL without resolving its name. Names are looked up, and checked, at every attempt.
 * @param allowPrivateNetwork receivers inside the operator's network are meant
 */
export function urlCheck(allowPrivateNetwork: boolean): UrlCheck {
  return (text) => {
    const url = URL.parse(text);
    if (!url || !['http:', 'https:'].includes(url.protocol)) return 'must be an http or https URL';
    return allowPrivateNetwork || mayBePublic(url) ? null : 'must be an address on the public internet';
  };
}
