package io.thumbwheel.feedback.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.feedback.Talk;
import io.thumbwheel.schemas.event.CompletionId;
import io.thumbwheel.schemas.event.FeedbackGiven.Opinion;
import io.thumbwheel.schemas.event.FeedbackRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class MappingTest {
    private static final CompletionId TWO = Talk.id("talk", 2);
    private static final Path EXAMPLES = Path.of("..", "docs", "webhooks");

    @Test
    void anOpenWebUiFeedbackBringsItsAnswer() throws Exception {
        assertThat(example("open-webui"))
                .singleElement()
                .hasToString(
                        "{\"kind\":\"thumb\",\"prompt\":[{\"role\":\"user\",\"content\":\"Tell me a story.\"}],\"answers\":[\"Once.\"],\"value\":\"down\",\"reasons\":[\"being_lazy\"],\"comment\":\"Too short.\",\"consent\":true,\"rater\":{\"id\":\"user-9\"}}");
    }

    @Test
    void anArgillaResponseIsARating() throws Exception {
        FeedbackRequest request = request(example("argilla").getFirst());

        assertThat(request.completion()).isEqualTo(TWO);
        assertThat(request.person()).isEqualTo("ada");
        assertThat(request.opinion())
                .isInstanceOfSatisfying(
                        Opinion.Rating.class, rating -> assertThat(rating.value()).isEqualTo(6));
    }

    @Test
    void aLabelStudioAnnotationIsAPick() throws Exception {
        assertThat(request(example("label-studio").getFirst()).opinion())
                .isInstanceOfSatisfying(
                        Opinion.Pick.class,
                        pick -> {
                            assertThat(pick.chosen()).isEqualTo(1);
                            assertThat(pick.shown()).containsExactly(0, 1);
                        });
    }

    @Test
    void aLangSmithFeedbackCanBeTwo() throws Exception {
        List<ObjectNode> mapped = example("langsmith");

        assertThat(mapped).hasSize(2);
        assertThat(request(mapped.getFirst()).opinion())
                .isInstanceOfSatisfying(
                        Opinion.Thumb.class,
                        thumb -> {
                            assertThat(thumb.up()).isFalse();
                            assertThat(thumb.comment()).isEqualTo("Wrong year.");
                        });
        assertThat(request(mapped.getLast()).opinion()).isInstanceOf(Opinion.Correction.class);
    }

    @Test
    void whatSaysNothingIsNothing() throws Exception {
        Mapping mapping = Mapping.of("type = 'vote' ? {\"kind\": \"thumb\"}");

        assertThat(mapping.map(json("{\"type\":\"ping\"}"), Map.of())).isEmpty();
        assertThat(mapping.map(json("{\"type\":\"vote\"}"), Map.of())).hasSize(1);
    }

    @Test
    void headersCanBeAskedFor() throws Exception {
        assertThat(
                        Mapping.of("{\"kind\": $headers.`x-github-event`}")
                                .map(json("{}"), Map.of("x-github-event", "issues")))
                .singleElement()
                .hasToString("{\"kind\":\"issues\"}");
    }

    @Test
    void endlessExpressionsAndDeepPayloadsEnd() {
        long start = System.nanoTime();

        assertThatThrownBy(() ->
                        Mapping.of("($f := function($n) { $f($n + 1) }; $f(0))")
                                .map(json("{}"), Map.of()))
                .isInstanceOf(UnmappableException.class);
        assertThatThrownBy(() ->
                        Mapping.of("$").map(json("[".repeat(1_000) + "]".repeat(1_000)), Map.of()))
                .isInstanceOfSatisfying(
                        UnmappableException.class, e -> assertThat(e.malformed()).isTrue());
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void saysWhereAnExpressionIsWrong() {
        assertThatThrownBy(() -> Mapping.of("{\"kind\": "))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("no JSONata expression at character");
    }

    private static List<ObjectNode> example(String name) throws Exception {
        return Mapping.of(Files.readString(EXAMPLES.resolve(name + ".jsonata")))
                .map(
                        json(
                                Files.readString(EXAMPLES.resolve(name + ".json"))
                                        .replace("COMPLETION", TWO.toString())),
                        Map.of());
    }

    private static FeedbackRequest request(ObjectNode mapped) throws Exception {
        return FeedbackRequest.parse(Mapping.bytes(mapped), Talk.SIGNING);
    }

    private static byte[] json(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
