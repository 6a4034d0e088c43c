package io.thumbwheel.trainer.offline;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.schemas.artifact.AtomicFile;
import io.thumbwheel.schemas.event.Message;
import io.thumbwheel.trainer.evaluation.WilsonInterval;
import io.thumbwheel.trainer.formats.DataProblem;
import io.thumbwheel.trainer.formats.DataReport;
import io.thumbwheel.trainer.formats.Lesson;
import io.thumbwheel.trainer.formats.LessonReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `trainer label`: what a model prefers among pairs, by a written constitution. Its votes name
/// their source and never mix with people's unasked.
@Command(
        name = "label",
        description = "Lets a model behind an OpenAI-compatible endpoint pick between answers.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
public final class LabelCommand implements Callable<Integer> {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--data",
            required = true,
            arity = "1..*",
            description = "Comparisons; who chose before is only used to count agreement.")
    private List<Path> data = List.of();

    @Option(names = "--out", required = true, description = "File of TRL preferences to write.")
    private Path file = Path.of("labelled.jsonl");

    @Option(names = "--endpoint", required = true, description = "As http://host:8000/v1.")
    private URI endpoint = URI.create("http://127.0.0.1:8080/v1");

    @Option(names = "--model", required = true, description = "Name that the endpoint knows.")
    private String model = "policy";

    @Option(
            names = "--constitution",
            required = true,
            description = "Text: what makes an answer better.")
    private Path constitution = Path.of("constitution.txt");

    @Option(
            names = "--key-env",
            paramLabel = "NAME",
            description = "Environment variable that holds the endpoint's key.")
    private @Nullable String keyVariable;

    @Option(names = "--parallel", description = "Questions at once.")
    private int parallel = 4;

    @Option(names = "--timeout", description = "Seconds for one answer.")
    private int timeout = 60;

    @Option(
            names = "--back-off",
            description = "Milliseconds before a busy endpoint is asked again.")
    private int backOff = 2_000;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (Files.exists(file)) {
            throw new ParameterException(
                    spec.commandLine(), file + " exists already: name another --out");
        }
        PrintWriter out = spec.commandLine().getOut();
        DataReport report = new DataReport();
        List<Lesson.Comparison> pairs = read(report);
        report.lines().forEach(out::println);
        out.flush();
        List<ModelRater.Vote> votes;
        try {
            report.requireUse();
            votes = votes(pairs, out);
        } catch (IllegalArgumentException | IOException refused) {
            spec.commandLine().getErr().println(refused.getMessage());
            return 1;
        }
        List<String> rows = new ArrayList<>();
        int agreed = 0;
        for (int i = 0; i < pairs.size(); i++) {
            if (votes.get(i) != ModelRater.Vote.UNDECIDED) {
                agreed += votes.get(i) == ModelRater.Vote.FIRST ? 1 : 0;
                rows.add(row(pairs.get(i), votes.get(i)));
            }
        }
        AtomicFile.write(
                file,
                rows.stream().map(row -> row + "\n").collect(Collectors.joining()).getBytes(UTF_8));
        WilsonInterval agreement = WilsonInterval.of(agreed, rows.size());
        out.printf(
                Locale.ROOT,
                "%,d pairs decided, %,d not (the order changed its mind); it agrees with the labels that were there on %.1f%% (%.1f to %.1f)%nwrote %s%n",
                rows.size(),
                pairs.size() - rows.size(),
                100 * agreement.share(),
                100 * agreement.low(),
                100 * agreement.high(),
                file);
        out.flush();
        return 0;
    }

    /// What the model says of each pair, in order; the chosen answer is the first.
    private List<ModelRater.Vote> votes(List<Lesson.Comparison> pairs, PrintWriter out)
            throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient();
                ExecutorService questions = Executors.newFixedThreadPool(parallel)) {
            ModelRater rater = rater(client);
            List<Future<ModelRater.Vote>> asked = new ArrayList<>();
            for (Lesson.Comparison pair : pairs) {
                asked.add(
                        questions.submit(() ->
                                rater.compare(pair.prompt(), pair.chosen(), pair.rejected())));
            }
            List<ModelRater.Vote> votes = new ArrayList<>();
            for (Future<ModelRater.Vote> vote : asked) {
                try {
                    votes.add(vote.get());
                } catch (ExecutionException failed) {
                    questions.shutdownNow();
                    client.shutdownNow(); // its close waits for answers that never end
                    throw new IOException(
                            "the rater failed after %d of %d pairs, nothing is written: %s"
                                    .formatted(votes.size(), pairs.size(), reason(failed)),
                            failed);
                }
                if (votes.size() % 50 == 0) {
                    out.printf("%,d of %,d pairs%n", votes.size(), pairs.size());
                    out.flush();
                }
            }
            return votes;
        }
    }

    private List<Lesson.Comparison> read(DataReport report) throws IOException {
        List<Lesson.Comparison> pairs = new ArrayList<>();
        LessonReader reader = new LessonReader(report);
        for (Path each : data) {
            reader.forEach(
                    each,
                    (place, lesson) -> {
                        if (lesson instanceof Lesson.Comparison comparison) {
                            report.used(place);
                            pairs.add(comparison);
                        } else {
                            report.add(
                                    DataProblem.NO_COMPARISON, place, "there are no two answers");
                        }
                    });
        }
        return pairs;
    }

    private ModelRater rater(HttpClient client) throws IOException {
        Optional<String> key =
                keyVariable == null
                        ? Optional.empty()
                        : Optional.ofNullable(System.getenv(keyVariable));
        if (keyVariable != null && key.isEmpty()) {
            throw new IllegalArgumentException(
                    "the environment has no %s: set it to the endpoint's key"
                            .formatted(keyVariable));
        }
        return new ModelRater(
                client,
                endpoint,
                model,
                key,
                Files.readString(constitution),
                Duration.ofSeconds(timeout),
                Duration.ofMillis(backOff));
    }

    private String row(Lesson.Comparison comparison, ModelRater.Vote vote) {
        boolean first = vote == ModelRater.Vote.FIRST;
        ObjectNode row = JSON.createObjectNode();
        row.set("prompt", messages(comparison.prompt()));
        row.set("chosen", answer(first ? comparison.chosen() : comparison.rejected()));
        row.set("rejected", answer(first ? comparison.rejected() : comparison.chosen()));
        return row.put("source", "model").put("rater", model).toString();
    }

    private static ArrayNode answer(String text) {
        return messages(List.of(new Message("assistant", text)));
    }

    private static ArrayNode messages(List<Message> messages) {
        ArrayNode array = JSON.createArrayNode();
        messages.forEach(message ->
                array.addObject().put("role", message.role()).put("content", message.content()));
        return array;
    }

    private static String reason(ExecutionException failed) {
        Throwable cause = failed.getCause();
        return cause instanceof IOException
                ? String.valueOf(cause.getMessage())
                : failed.toString();
    }
}
