package io.thumbwheel.serving.chat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.schemas.artifact.ReleaseManifest;
import io.thumbwheel.schemas.event.ApiKeys.Role;
import io.thumbwheel.serving.release.ReleaseRouter;
import io.thumbwheel.serving.release.ReleaseStore;
import io.thumbwheel.serving.release.Resident;
import io.thumbwheel.serving.web.Api;
import io.thumbwheel.serving.web.ApiException;
import io.thumbwheel.serving.web.ErrorForm;
import io.thumbwheel.serving.web.Exchange;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Instant;

/// `/v1/models`: the policy in force, and every release of the store.
@Singleton
final class ModelRoutes {
    private final Api api;
    private final ReleaseStore store;
    private final ReleaseRouter router;

    ModelRoutes(Api api, ReleaseStore store, ReleaseRouter router) {
        this.api = api;
        this.store = store;
        this.router = router;
    }

    void register(@Observes Router routes) {
        api.get(routes, "/v1/models", Role.CHAT, ErrorForm.OPENAI, this::list);
        api.get(routes, "/v1/models/:id", Role.CHAT, ErrorForm.OPENAI, this::show);
    }

    private void list(Exchange exchange) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("object", "list");
        ArrayNode models = body.putArray("data");
        models.add(policy());
        store.ids().forEach(id -> models.add(release(id)));
        exchange.reply(200, body);
    }

    private void show(Exchange exchange) {
        String id = exchange.pathParam("id");
        if (id.equals(ReleaseRouter.POLICY)) {
            exchange.reply(200, policy());
        } else if (store.contains(id)) {
            exchange.reply(200, release(id));
        } else {
            throw ApiException.notFound(
                    "model_not_found", "model", "there is no model '%s'".formatted(id));
        }
    }

    private ObjectNode policy() {
        ObjectNode node =
                model(
                        ReleaseRouter.POLICY,
                        router.primary()
                                .map(Resident::manifest)
                                .map(ReleaseManifest::createdAt)
                                .orElse(Instant.EPOCH));
        router.primary()
                .ifPresent(now ->
                        node.put("root", now.id()).put("precision", now.precision().label()));
        return node;
    }

    private ObjectNode release(String id) {
        return model(id, store.createdAt(id));
    }

    private static ObjectNode model(String id, Instant created) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", id)
                .put("object", "model")
                .put("created", created.getEpochSecond())
                .put("owned_by", "thumbwheel");
    }
}
