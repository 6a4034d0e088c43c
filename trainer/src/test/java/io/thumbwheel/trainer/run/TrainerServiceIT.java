package io.thumbwheel.trainer.run;

import static io.restassured.RestAssured.given;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.startsWith;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.specification.RequestSpecification;
import io.thumbwheel.schemas.event.Event;
import io.thumbwheel.schemas.event.EventCodec;
import io.thumbwheel.schemas.event.Example.Outcome;
import io.thumbwheel.schemas.event.RolloutState;
import io.thumbwheel.schemas.event.Split;
import io.thumbwheel.schemas.event.Topics;
import io.thumbwheel.schemas.event.TrainingProgress;
import io.thumbwheel.schemas.event.UnreadableEventException;
import io.thumbwheel.trainer.store.Publisher;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/// The service on a real broker, with a learner that learns nothing.
@QuarkusTest
@QuarkusTestResource(EmbeddedPlatform.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class TrainerServiceIT {
    @Inject Publisher publisher;
    @Inject KafkaClients kafka;
    @Inject Producer<byte[], byte[]> producer;

    @Test
    @Order(1)
    void startsWithTheImportedPolicyAsPrimary() {
        given().get("/q/health/ready").then().statusCode(200);

        as("operator-key")
                .get("/v1/releases")
                .then()
                .statusCode(200)
                .body("releases.size()", equalTo(1));
        RolloutState state = publisher.state();
        assertThat(state.revision()).isEqualTo(1);
        assertThat(state.primary().orElseThrow()).startsWith("r0-");
        as("feedback-key")
                .get("/v1/releases/" + state.primary().orElseThrow())
                .then()
                .statusCode(200)
                .body("parent", equalTo(null))
                .body("selfTest.size()", equalTo(6));
    }

    @Test
    @Order(2)
    void aRefreshWithoutDataIsRefusedWithItsReason() {
        String run = refresh("{}");

        JsonPath ended = endOf(run);

        assertThat(ended.getString("state")).isEqualTo("refused");
        assertThat(ended.getString("reason")).isEqualTo("4 examples are needed, there are 0");
        assertThat(progressOf(run))
                .extracting(TrainingProgress::phase, TrainingProgress::note)
                .containsExactly(tuple("refused", "4 examples are needed, there are 0"));
        assertThat(publisher.state().revision()).isEqualTo(1);
    }

    @Test
    @Order(3)
    void examplesArriveAndARefreshPublishesAndPromotes() throws Exception {
        send(Topics.EXAMPLES, Records.preference("e1", Outcome.A, Split.TRAIN));
        send(Topics.EXAMPLES, Records.preference("e2", Outcome.B, Split.TRAIN));
        send(Topics.EXAMPLES, Records.preference("e3", Outcome.TIE, Split.VALIDATION));
        send(Topics.EXAMPLES, Records.preference("e4", Outcome.A, Split.TEST));
        send(Topics.EXAMPLES, Records.preference("e5", Outcome.A, Split.TEST));
        send(Topics.EXAMPLES, Records.withdrawn("e5"));
        send(Topics.PROMPTS, Records.prompt("p1", Split.VALIDATION));
        await().atMost(20, SECONDS)
                .untilAsserted(() ->
                        as("feedback-key")
                                .get("/v1/dataset")
                                .then()
                                .statusCode(200)
                                .body("examples", equalTo(4))
                                .body("by_split.train", equalTo(2))
                                .body("by_split.validation", equalTo(1))
                                .body("by_split.test", equalTo(1))
                                .body("prompts", equalTo(1)));

        String run = refresh("{\"seed\": 5, \"steps\": 3}");
        JsonPath ended = endOf(run);

        assertThat(ended.getString("state")).isEqualTo("promoted");
        String release = ended.getString("release");
        assertThat(release).startsWith("r1-");
        assertThat(ended.getInt("dataset.train")).isEqualTo(2);
        assertThat(ended.getDouble("metrics.'gate/win'")).isEqualTo(0.7);
        assertThat(publisher.state().primary()).contains(release);
        assertThat(progressOf(run))
                .extracting(TrainingProgress::phase)
                .containsExactly("ppo", "ppo", "ppo", "export", "export", "promoted");
        as("operator-key")
                .get("/v1/releases/" + release)
                .then()
                .body("lineage.run", equalTo(run))
                .body("lineage.dataset", equalTo(ended.getString("dataset_hash")))
                .body("scores.'gate/win'", equalTo(0.7f));
        as("operator-key").get("/v1/runs").then().body("runs.run", hasItem(run));
        given().get("/metrics")
                .then()
                .statusCode(200)
                .body(containsString("rlhf_objective_kl 1.5"));
    }

    @Test
    @Order(4)
    void keysAndRolesAreChecked() {
        given().get("/v1/dataset").then().statusCode(401).contentType("application/problem+json");
        as("nobody").get("/v1/runs").then().statusCode(401);
        as("chat-key")
                .get("/v1/dataset")
                .then()
                .statusCode(403)
                .body("detail", equalTo("the key 'chat' lacks the role feedback that this needs"));
        as("feedback-key").body("{}").post("/v1/refresh").then().statusCode(403);
    }

    @Test
    @Order(5)
    void badInputIsAProblemDocument() {
        as("operator-key")
                .body("{\"step\": 3}")
                .post("/v1/refresh")
                .then()
                .statusCode(400)
                .contentType("application/problem+json")
                .body("detail", startsWith("unknown field 'step'"));
        as("operator-key").get("/v1/runs/none").then().statusCode(404).body("status", equalTo(404));
        as("operator-key").get("/v1/releases/none").then().statusCode(404);
        as("operator-key")
                .body("{\"examples_until\": {\"0\": 99999}}")
                .post("/v1/refresh")
                .then()
                .statusCode(409)
                .body("detail", startsWith("not all of examples.v1 has arrived"));
    }

    private static RequestSpecification as(String key) {
        return given().header("Authorization", "Bearer " + key);
    }

    private static String refresh(String body) {
        return as("operator-key")
                .body(body)
                .post("/v1/refresh")
                .then()
                .statusCode(202)
                .extract()
                .path("run");
    }

    private static JsonPath endOf(String run) {
        await().atMost(60, SECONDS)
                .until(() ->
                        !"running"
                                .equals(
                                        as("feedback-key")
                                                .get("/v1/runs/" + run)
                                                .jsonPath()
                                                .getString("state")));
        return as("feedback-key").get("/v1/runs/" + run).jsonPath();
    }

    private void send(Topics topic, Event event) throws Exception {
        producer.send(
                        new ProducerRecord<>(
                                topic.topic(),
                                event.key().getBytes(StandardCharsets.UTF_8),
                                EventCodec.encode(event)))
                .get(20, SECONDS);
    }

    private List<TrainingProgress> progressOf(String run) {
        TopicPartition partition = new TopicPartition(Topics.TRAINING.topic(), 0);
        List<TrainingProgress> progress = new ArrayList<>();
        try (Consumer<byte[], byte[]> consumer = kafka.consumer()) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> record :
                        consumer.poll(Duration.ofSeconds(1)).records(partition)) {
                    if (EventCodec.decode(record.value()) instanceof TrainingProgress step
                            && step.run().equals(run)) {
                        progress.add(step);
                    }
                }
            }
        } catch (UnreadableEventException e) {
            throw new AssertionError(e);
        }
        return progress;
    }
}
