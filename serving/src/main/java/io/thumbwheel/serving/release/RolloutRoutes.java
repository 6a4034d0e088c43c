package io.thumbwheel.serving.release;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.schemas.event.ApiKeys.Role;
import io.thumbwheel.schemas.event.RolloutDecision;
import io.thumbwheel.serving.web.Api;
import io.thumbwheel.serving.web.ApiException;
import io.thumbwheel.serving.web.ErrorForm;
import io.thumbwheel.serving.web.Exchange;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `/v1/rollout`, for operators: the decision in force and what this replica makes of it; promote,
/// roll back, pin, canary, hold-out. Needs no trainer.
@Singleton
final class RolloutRoutes {
    private static final List<String> ACTIONS =
            List.of("promote", "rollback", "pin", "unpin", "canary", "hold_out");

    private final Api api;
    private final Rollout rollout;
    private final Swap swap;
    private final Residency residency;

    RolloutRoutes(Api api, Rollout rollout, Swap swap, Residency residency) {
        this.api = api;
        this.rollout = rollout;
        this.swap = swap;
        this.residency = residency;
    }

    void register(@Observes Router router) {
        api.get(router, "/v1/rollout", Role.OPERATOR, ErrorForm.PROBLEM, this::show);
        api.post(router, "/v1/rollout", Role.OPERATOR, ErrorForm.PROBLEM, this::change);
    }

    private void show(Exchange exchange) {
        exchange.reply(200, describe(rollout.history()));
    }

    private void change(Exchange exchange) {
        ObjectNode body = exchange.json();
        RolloutChange change = changeOf(body);
        JsonNode base = body.path("base");
        if (!base.isMissingNode() && !base.isNull() && !base.isIntegralNumber()) {
            throw ApiException.badRequest(
                    "invalid_type", "base", "base must be a revision number, got " + base);
        }
        Long seen = base.isIntegralNumber() ? base.longValue() : null;
        exchange.reply(200, describe(rollout.change(change, seen, exchange.key().name())));
    }

    private static RolloutChange changeOf(ObjectNode body) {
        String action = body.path("action").asText("");
        return switch (action) {
            case "promote" -> new RolloutChange.Promote(releaseOf(body));
            case "rollback" -> new RolloutChange.Rollback();
            case "pin" -> new RolloutChange.Pin(true);
            case "unpin" -> new RolloutChange.Pin(false);
            case "canary" -> {
                double share = shareOf(body);
                yield new RolloutChange.Canary(share == 0 ? null : releaseOf(body), share);
            }
            case "hold_out" -> {
                double share = shareOf(body);
                yield new RolloutChange.HoldOut(share == 0 ? null : releaseOf(body), share);
            }
            default ->
                    throw ApiException.badRequest(
                            "invalid_value",
                            "action",
                            "action must be one of %s, got '%s'"
                                    .formatted(String.join(", ", ACTIONS), action));
        };
    }

    private static String releaseOf(ObjectNode body) {
        JsonNode release = body.path("release");
        if (release.isTextual()) {
            return release.textValue();
        }
        throw ApiException.badRequest(
                "missing_field", "release", "this action needs a release id in field 'release'");
    }

    private static double shareOf(ObjectNode body) {
        JsonNode share = body.path("share");
        if (share.isNumber() && share.doubleValue() >= 0 && share.doubleValue() <= 1) {
            return share.doubleValue();
        }
        throw ApiException.badRequest(
                "invalid_value",
                "share",
                "share must be between 0 and 1, got " + (share.isMissingNode() ? "none" : share));
    }

    private ObjectNode describe(RolloutHistory history) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("revision", history.state().revision());
        RolloutDecision decision = history.state().decision();
        body.put("primary", decision == null ? null : decision.primary());
        if (decision != null) {
            body.put("canary", decision.canary())
                    .put("canary_share", decision.canaryShare())
                    .put("hold_out", decision.holdOut())
                    .put("hold_out_share", decision.holdOutShare())
                    .put("pinned", decision.pinned())
                    .put("by", decision.by())
                    .put("why", decision.why())
                    .put("at", decision.at().toString());
        }
        body.put("previous", history.previous().orElse(null));
        ObjectNode here = body.putObject("serving");
        @Nullable Standing standing = swap.standing().orElse(null);
        if (standing != null) {
            here.put("revision", standing.revision())
                    .put("primary", standing.primary().id())
                    .put("precision", standing.primary().precision().label());
        }
        here.put("refused", swap.lastRefusal().orElse(null));
        residency.ids().forEach(here.putArray("resident")::add);
        return body;
    }
}
