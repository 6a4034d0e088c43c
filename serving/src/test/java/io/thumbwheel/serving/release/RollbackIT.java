package io.thumbwheel.serving.release;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.thumbwheel.serving.ReleaseFolders;
import io.thumbwheel.serving.ServingPlatform;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Going back while something else is being loaded.
@QuarkusTest
@WithTestResource(value = ServingPlatform.class, scope = TestResourceScope.GLOBAL)
class RollbackIT {
    @Inject Residency residency;

    private static Response decide(String body) {
        return given().header("Authorization", "Bearer operator-key")
                .contentType("application/json")
                .body(body)
                .post("/v1/rollout");
    }

    private static void promote(String release) {
        assertThat(
                        decide("{\"action\":\"promote\",\"release\":\"%s\"}".formatted(release))
                                .statusCode())
                .isEqualTo(200);
        awaitPrimary(release);
    }

    private static void awaitPrimary(String release) {
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(10))
                .until(() ->
                        release.equals(
                                given().header("Authorization", "Bearer operator-key")
                                        .get("/v1/rollout")
                                        .path("serving.primary")));
    }

    @Test
    void aRollbackDoesNotWaitForALoad() throws Exception {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> given().get("/ready").statusCode() == 200);
        promote(ReleaseFolders.FIRST);
        promote(ReleaseFolders.NEXT);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch loaded = new CountDownLatch(1);
        residency.onLoadingThread(() -> {
            begun.countDown();
            try {
                assertThat(loaded.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });

        try {
            assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(decide("{\"action\":\"rollback\"}").statusCode()).isEqualTo(200);
            awaitPrimary(ReleaseFolders.FIRST);
            assertThat(loaded.getCount()).isEqualTo(1);
        } finally {
            loaded.countDown();
        }
    }
}
