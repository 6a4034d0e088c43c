package io.thumbwheel.serving.feedback;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.thumbwheel.schemas.event.ApiKeys.ApiKey;
import io.thumbwheel.schemas.event.ApiKeys.Role;
import io.thumbwheel.schemas.event.FeedbackGiven;
import io.thumbwheel.schemas.event.FeedbackGiven.Opinion;
import io.thumbwheel.schemas.event.FeedbackRefusedException;
import io.thumbwheel.schemas.event.FeedbackRequest;
import io.thumbwheel.schemas.event.Network;
import io.thumbwheel.schemas.event.Topics;
import io.thumbwheel.serving.journal.EventLog;
import io.thumbwheel.serving.journal.KafkaAwayException;
import io.thumbwheel.serving.web.Api;
import io.thumbwheel.serving.web.ApiException;
import io.thumbwheel.serving.web.ErrorForm;
import io.thumbwheel.serving.web.Exchange;
import io.thumbwheel.serving.web.Keys;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;

/// `POST /v1/feedback`: a thumb or a pick about an answer of this platform. 202 means that Kafka
/// has it; all other kinds of feedback are the feedback service's.
@Singleton
final class FeedbackRoutes {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final Api api;
    private final Keys keys;
    private final EventLog log;
    private final Clock clock;

    FeedbackRoutes(Api api, Keys keys, EventLog log, Clock clock) {
        this.api = api;
        this.keys = keys;
        this.log = log;
        this.clock = clock;
    }

    void register(@Observes Router router) {
        api.post(
                router,
                "/v1/feedback",
                Set.of(Role.CHAT, Role.FEEDBACK),
                ErrorForm.PROBLEM,
                this::take);
    }

    private void take(Exchange exchange) {
        ApiKey key = exchange.key();
        FeedbackRequest request = read(exchange);
        FeedbackGiven given =
                request.given(
                                key,
                                keys.signing(),
                                exchange.header("Idempotency-Key"),
                                clock.instant())
                        .from(Network.of(keys.signing(), exchange.address()).orElse(null));
        switch (request.opinion()) {
            case Opinion.Thumb _, Opinion.Pick _ -> keep(given);
            case Opinion.Rating _,
                    Opinion.Ranking _,
                    Opinion.Correction _,
                    Opinion.Demonstration _,
                    Opinion.Critique _,
                    Opinion.Retraction _ ->
                    throw ApiException.unprocessable(
                            "unsupported_kind",
                            "kind",
                            "serving takes thumb and pick; send other kinds to the feedback"
                                    + " service");
        }
        exchange.reply(
                202,
                JsonNodeFactory.instance
                        .objectNode()
                        .put("feedback_id", given.id())
                        .put("status", "accepted"));
    }

    private FeedbackRequest read(Exchange exchange) {
        try {
            return FeedbackRequest.parse(exchange.body(), keys.signing());
        } catch (FeedbackRefusedException e) {
            String message = String.valueOf(e.getMessage());
            throw switch (e.reason()) {
                case MALFORMED -> ApiException.badRequest("malformed", e.field(), message);
                case FORGED -> ApiException.notFound("completion_not_found", e.field(), message);
                case UNACCEPTABLE -> ApiException.unprocessable("unacceptable", e.field(), message);
            };
        }
    }

    private void keep(FeedbackGiven given) {
        try {
            log.write(Topics.FEEDBACK, given, LIMIT);
        } catch (KafkaAwayException e) {
            throw ApiException.unavailable(
                    "kafka_away",
                    LIMIT,
                    "the feedback is not safe yet: %s; send it again with the same id"
                            .formatted(e.getMessage()));
        }
    }
}
