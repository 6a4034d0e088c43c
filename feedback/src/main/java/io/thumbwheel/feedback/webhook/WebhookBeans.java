package io.thumbwheel.feedback.webhook;

import io.thumbwheel.feedback.FeedbackConfig;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;

/// Wires the webhooks.
@ApplicationScoped
class WebhookBeans {
    @Produces
    @Singleton
    WebhookFile file(FeedbackConfig config) {
        try {
            return new WebhookFile(
                    config.webhooks().orElse(null), System.getenv(), System::nanoTime);
        } catch (IOException e) {
            throw new IllegalStateException(
                    "cannot read the webhooks (THUMBWHEEL_WEBHOOKS): " + e.getMessage(), e);
        }
    }
}
