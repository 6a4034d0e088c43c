package io.thumbwheel.trainer.offline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.thumbwheel.trainer.TrainerConsole;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelCommandTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @TempDir private Path folder;
    private final TrainerConsole console = new TrainerConsole();
    private final Queue<JsonNode> asked = new ConcurrentLinkedQueue<>();
    private HttpServer endpoint;
    private int status = 200;
    private boolean hangs;

    /// How many questions are answered with 429 yet.
    private final AtomicInteger busy = new AtomicInteger();

    /// Says which answer is better, given the question.
    private UnaryOperator<String> opinion = question -> "A";

    @BeforeEach
    void start() throws IOException {
        Files.write(
                folder.resolve("pairs.jsonl"),
                List.of(
                        "{\"prompt\":\"One?\",\"chosen\":\"kind words\",\"rejected\":\"no\"}",
                        "{\"prompt\":\"Two?\",\"chosen\":\"no\",\"rejected\":\"kind words\"}",
                        "{\"prompt\":\"Three?\",\"chosen\":\"yes\",\"rejected\":\"no\"}",
                        "{\"prompt\":\"Four?\",\"completion\":\"alone\"}"));
        Files.writeString(folder.resolve("constitution.txt"), "The kinder answer is better.");
        endpoint = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        endpoint.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        endpoint.createContext("/v1/chat/completions", this::answer);
        endpoint.start();
    }

    @AfterEach
    void stop() {
        endpoint.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        JsonNode request = JSON.readTree(exchange.getRequestBody());
        asked.add(request);
        if (busy.getAndDecrement() > 0) {
            exchange.sendResponseHeaders(429, -1);
            exchange.close();
            return;
        }
        if (hangs) {
            exchange.sendResponseHeaders(200, 100);
            exchange.getResponseBody().flush();
            return;
        }
        String said = opinion.apply(request.path("messages").path(1).path("content").asText());
        byte[] body =
                (status == 200
                                ? "{\"choices\":[{\"message\":{\"content\":\"%s\"}}]}"
                                        .formatted(said)
                                : "{\"error\":{\"message\":\"no such model\"}}")
                        .getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Test
    void writesWhatTheModelPrefersInEitherOrder() throws IOException {
        // kind words, wherever they stand; else the first one, which is no opinion
        opinion =
                question ->
                        question.contains("Answer B:\nkind words") ? "**B**, as it is kind" : " A.";

        assertThat(label()).as(console::err).isZero();

        List<String> rows = Files.readAllLines(folder.resolve("out.jsonl"));
        assertThat(rows).hasSize(2);
        JsonNode second = JSON.readTree(rows.get(1));
        assertThat(second.path("prompt").path(0).path("content").asText()).isEqualTo("Two?");
        assertThat(second.path("chosen").path(0).path("content").asText()).isEqualTo("kind words");
        assertThat(second.path("rejected").path(0).path("content").asText()).isEqualTo("no");
        assertThat(second.path("source").asText()).isEqualTo("model");
        assertThat(console.out())
                .contains(
                        "2 pairs decided, 1 not", "agrees with the labels that were there on 50.0%")
                .contains("no comparison, left out: 1 row");
        assertThat(asked).hasSize(6);
        assertThat(asked.element().path("messages").path(0).path("content").asText())
                .isEqualTo("The kinder answer is better.");
        assertThat(asked.element().path("temperature").asInt()).isZero();
        assertThat(asked.element().path("model").asText()).isEqualTo("judge");
    }

    @Test
    void anEndpointThatRefusesLeavesNothing() {
        status = 404;

        assertThat(label()).isEqualTo(1);

        assertThat(console.err())
                .contains("after 0 of 3 pairs, nothing is written", "answered 404: no such model");
        assertThat(folder.resolve("out.jsonl")).doesNotExist();
    }

    @Test
    void aBusyEndpointIsAskedAgain() {
        busy.set(2);
        opinion = question -> question.contains("Answer A:\nno") ? "B" : "A";

        assertThat(label("--back-off=1")).as(console::err).isZero();

        assertThat(asked).hasSize(6 + 2);
        assertThat(console.out()).contains("3 pairs decided, 0 not");
    }

    @Test
    void anEndpointThatStaysBusyIsGivenUp() {
        busy.set(1000);

        assertThat(label("--back-off=1")).isEqualTo(1);

        assertThat(console.err()).contains("nothing is written", "answered 429");
    }

    @Test
    void anEndpointThatHangsInTheMiddleIsGivenUp() {
        hangs = true;

        assertThat(label("--timeout=1")).isEqualTo(1);

        assertThat(console.err()).contains("has not answered within 1 s: raise --timeout");
    }

    @Test
    void aKeyThatIsNotSetIsNamed() {
        assertThat(label("--key-env=THUMBWHEEL_TEST_NO_SUCH_KEY")).isEqualTo(1);

        assertThat(console.err()).contains("the environment has no THUMBWHEEL_TEST_NO_SUCH_KEY");
        assertThat(asked).isEmpty();
    }

    private int label(String... more) {
        String[] arguments = {
            "label",
            "--data=" + folder.resolve("pairs.jsonl"),
            "--out=" + folder.resolve("out.jsonl"),
            "--endpoint=http://127.0.0.1:" + endpoint.getAddress().getPort() + "/v1",
            "--model=judge",
            "--constitution=" + folder.resolve("constitution.txt"),
            more.length == 0 ? "--parallel=2" : more[0]
        };
        return console.run(arguments);
    }
}
