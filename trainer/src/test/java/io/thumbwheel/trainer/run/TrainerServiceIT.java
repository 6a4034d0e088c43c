package io.thumbwheel.trainer.run;

import static io.restassured.RestAssured.given;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.startsWith;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import io.thumbwheel.schemas.event.Event;
import io.thumbwheel.schemas.event.EventCodec;
import io.thumbwheel.schemas.event.Example.Outcome;
import io.thumbwheel.schemas.event.FeedbackGiven.RaterKind;
import io.thumbwheel.schemas.event.RolloutState;
import io.thumbwheel.schemas.event.Split;
import io.thumbwheel.schemas.event.Topics;
import io.thumbwheel.schemas.event.TrainingProgress;
import io.thumbwheel.schemas.event.UnreadableEventException;
import io.thumbwheel.trainer.store.Publisher;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.duckdb.DuckDBDriver;
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
    @Inject Dataset dataset;
    @Inject TrainerConfig config;

    @Test
    @Order(1)
    void startsWithTheImportedPolicyAsPrimary() {
        given().get("/q/health/ready").then().statusCode(200);
        assertThat(config.refresh().afterComparisons()).isEqualTo(1_000_000);
        assertThat(config.refresh().every()).contains(Duration.ofDays(1));

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
        awaitDataset("prompts", 1);
        awaitDataset("by_split", Map.of("train", 2, "validation", 1, "test", 1));

        String run = refresh("{\"seed\": 5, \"steps\": 3}");
        JsonPath ended = endOf(run);

        assertThat(ended.getString("state")).isEqualTo("promoted");
        String release = ended.getString("release");
        assertThat(release).startsWith("r1-");
        assertThat(ended.getString("trigger")).isEqualTo("request");
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
                .body("lineage.withdrawn_examples", equalTo("1"))
                .body("lineage.withdrawn_people", equalTo("0"))
                .body("lineage.tokenizer", notNullValue())
                .body("lineage.dataset", equalTo(ended.getString("dataset_hash")))
                .body("scores.'gate/win'", equalTo(0.7f));
        as("operator-key")
                .get("/v1/examples/releases?id=e1&id=e5")
                .then()
                .statusCode(200)
                .body("releases", equalTo(List.of(release)));
        as("operator-key")
                .get("/v1/examples/releases?id=e5")
                .then()
                .body("releases", equalTo(List.of()));
        as("operator-key").get("/v1/examples/releases").then().statusCode(400);
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

    @Test
    @Order(6)
    void examplesAreExported() throws Exception {
        String r0 = publisher.state().primary().orElseThrow();
        send(Topics.EXAMPLES, Records.rated("t1", r0, 1, RaterKind.LABELER));
        send(Topics.EXAMPLES, Records.rated("t2", r0, 0, RaterKind.USER));
        send(Topics.EXAMPLES, Records.rated("t3", r0, 0.5, RaterKind.USER));
        awaitDataset("by_kind.rated", 3);

        String thumbs =
                as("operator-key")
                        .get("/v1/examples?format=kto")
                        .then()
                        .statusCode(200)
                        .contentType("application/jsonl")
                        .header("Content-Disposition", "attachment; filename=\"kto.jsonl\"")
                        .header("Thumbwheel-Rows", "2")
                        .header("Thumbwheel-Left-Out-Neutral", "1")
                        .header("Thumbwheel-Left-Out-Other-Kinds", "4")
                        .header("Thumbwheel-Left-Out-Ties", "0")
                        .header("Thumbwheel-Dataset-Offsets", containsString("examples.v1/0="))
                        .extract()
                        .asString();
        assertThat(thumbs.lines())
                .first()
                .asString()
                .startsWith(
                        """
                        {"id":"t1","prompt":[{"role":"user","content":"hi"}],"completion":[{"role":"assistant","content":"Hello!"}],"label":true,"score":1.0,"release":"%s","split":"train","source":"labeler",\
                        """
                                .formatted(r0));
        assertThat(thumbs.lines()).hasSize(2);

        // Answers of a release that is not in the store, and a tie.
        as("operator-key")
                .get("/v1/examples")
                .then()
                .statusCode(200)
                .header("Thumbwheel-Rows", "0")
                .header("Thumbwheel-Left-Out-Without-Text", "3")
                .header("Thumbwheel-Left-Out-Ties", "1");
    }

    @Test
    @Order(7)
    void theExportOfEverythingHasTheHashOfTheDataset() {
        Offsets offsets = dataset.offsets();
        Response raw = as("operator-key").get("/v1/examples?format=raw");
        Response card = as("operator-key").get("/v1/examples/card");

        String hash = dataset.snapshot(offsets).hash();
        assertThat(raw.header("Thumbwheel-Dataset-Hash")).isEqualTo(hash);
        assertThat(raw.header("Thumbwheel-Dataset-Offsets")).isEqualTo(offsets.toString());
        assertThat(raw.asString().lines()).hasSize(7);
        assertThat(raw.asString())
                .startsWith(
                        new String(
                                EventCodec.encode(Records.preference("e1", Outcome.A, Split.TRAIN)),
                                StandardCharsets.UTF_8));
        card.then().statusCode(200).contentType(startsWith("text/markdown"));
        assertThat(card.header("Thumbwheel-Dataset-Hash")).isEqualTo(hash);
        assertThat(card.asString())
                .contains("| preference | preference | 2 | 1 | 1 |", hash, offsets.toString());
    }

    @Test
    @Order(8)
    void parquetIsReadBackAndFiltersHold() throws Exception {
        Path file = Files.createTempFile(Path.of("target"), "examples", ".parquet");
        Files.write(
                file,
                as("operator-key")
                        .get("/v1/examples?format=raw&as=parquet&split=train&source=simulated")
                        .then()
                        .statusCode(200)
                        .contentType("application/vnd.apache.parquet")
                        .header("Thumbwheel-Rows", "2")
                        .extract()
                        .asByteArray());

        try (Connection duckdb = new DuckDBDriver().connect("jdbc:duckdb:", new Properties());
                Statement statement = duckdb.createStatement();
                ResultSet ids =
                        statement.executeQuery(
                                "SELECT string_agg(id, ' ' ORDER BY id) FROM '" + file + "'")) {
            ids.next();
            assertThat(ids.getString(1)).isEqualTo("e1 e2");
        }
        assertThat(
                        as("operator-key")
                                .get("/v1/examples?format=raw&until=2026-05-01T10:00:00Z")
                                .asString())
                .isEmpty();
        try (Stream<Path> left = Files.list(config.state().resolve("exports"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    @Order(9)
    void exportsAreForOperatorsAndRefuseWhatTheyDoNotKnow() {
        given().get("/v1/examples").then().statusCode(401);
        as("feedback-key")
                .get("/v1/examples/card")
                .then()
                .statusCode(403)
                .contentType("application/problem+json")
                .body("detail", containsString("lacks the role operator"));
        as("operator-key")
                .get("/v1/examples?format=dpo")
                .then()
                .statusCode(400)
                .contentType("application/problem+json")
                .body(
                        "detail",
                        equalTo("format must be one of preference, kto, sft, raw, got 'dpo'"));
        as("operator-key")
                .get("/v1/examples/card?rater=x")
                .then()
                .statusCode(400)
                .body("detail", startsWith("unknown parameter 'rater': allowed are since"));
    }

    @Test
    @Order(10)
    void whoIsDeletedLeavesTheNextDatasetAndTheLineageSaysSo() throws Exception {
        send(Topics.EXAMPLES, Records.preference("e6", Outcome.A, Split.TRAIN, "leaver"));
        send(Topics.EXAMPLES, Records.preference("e7", Outcome.B, Split.TRAIN, "leaver"));
        awaitDataset("by_split.train", 7);
        String before = endOf(refresh("{\"steps\": 1}")).getString("release");

        send(Topics.EXAMPLES, Records.withdrawn("e6", "leaver"));
        send(Topics.EXAMPLES, Records.withdrawn("e7", "leaver"));
        send(Topics.EXAMPLES, Records.withdrawn("e1"));
        producer.send(
                        new ProducerRecord<>(
                                Topics.PROMPTS.topic(),
                                "p1".getBytes(StandardCharsets.UTF_8),
                                null))
                .get(20, SECONDS);
        awaitDataset("by_split.train", 4);
        awaitDataset("prompts", 0);
        JsonPath ended = endOf(refresh("{\"steps\": 1}"));

        assertThat(ended.getInt("dataset.train")).isEqualTo(4);
        as("operator-key")
                .get("/v1/releases/" + ended.getString("release"))
                .then()
                .body("parent", equalTo(before))
                .body("lineage.withdrawn_examples", equalTo("3"))
                .body("lineage.withdrawn_people", equalTo("1"));
        assertThat(as("operator-key").get("/v1/examples?format=raw").asString())
                .doesNotContain("leaver", "\"e1\"");
    }

    private static void awaitDataset(String count, Object expected) {
        await().atMost(20, SECONDS)
                .untilAsserted(() ->
                        as("feedback-key")
                                .get("/v1/dataset")
                                .then()
                                .body(count, equalTo(expected)));
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
