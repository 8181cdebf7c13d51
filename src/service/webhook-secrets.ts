import type { WebhookService } from './service.ts';
import type { Signing } from './webhook-ports.ts';

/** Reading and rotating what the webhooks of an owner are signed with. */
export function webhookSecrets(signing: Signing): WebhookService {
  const webhookSecret: WebhookService['webhookSecret'] = async (owner) => {
    const { current, previous } = await signing.secrets(owner);
    return { secret: current, previous: previous && { secret: previous.secret, expires_at: previous.expiresAt } };
  };
  return {
    webhookSecret,
    async rotateWebhookSecret(owner) {
      await signing.rotate(owner);
      return webhookSecret(owner);
    },
  };
}
