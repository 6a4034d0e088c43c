package io.thumbwheel.standalone.preference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// A preference that anybody brings as a program: one JSON object a line in,
/// `{"prompt","a","b","a_ended","b_ended"}`, one a line out,
/// `{"pick":"a"|"b"|"tie","score_a":x,"score_b":y}`.
///
/// One question at a time; the program is started once by `sh -c` and what it writes to its
/// standard error is the terminal's. This owns the process: it ends with [#close()].
public final class CommandPreference implements Preference {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST_LINE = 10_000;

    private final String command;
    private final Duration patience;
    private final Process process;
    private final BufferedWriter questions;
    private final BufferedReader answers;
    private final ExecutorService reader;
    private @Nullable PreferenceFailedException failed;

    /// Starts the program.
    ///
    /// @param command a shell command line
    /// @param patience longest wait for one verdict
    /// @throws PreferenceFailedException where no program can be started
    public CommandPreference(String command, Duration patience) {
        this.command = command;
        this.patience = patience;
        try {
            process =
                    new ProcessBuilder("sh", "-c", command)
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
        } catch (IOException e) {
            throw new PreferenceFailedException(
                    "the preference command '%s' cannot be started: %s"
                            .formatted(command, e.getMessage()));
        }
        questions = process.outputWriter(StandardCharsets.UTF_8);
        answers = process.inputReader(StandardCharsets.UTF_8);
        reader = Executors.newSingleThreadExecutor(Thread.ofVirtual().factory());
    }

    @Override
    public String name() {
        return "command";
    }

    /// @throws PreferenceFailedException where the program ends, stays silent or answers nonsense;
    ///   from then on every call throws it
    @Override
    public synchronized Verdict compare(String prompt, Answer a, Answer b) {
        if (failed != null) {
            throw failed;
        }
        try {
            return verdict(ask(question(prompt, a, b)));
        } catch (PreferenceFailedException e) {
            failed = e;
            process.destroyForcibly();
            throw e;
        }
    }

    private static String question(String prompt, Answer a, Answer b) {
        ObjectNode question = JSON.createObjectNode();
        question.put("prompt", prompt).put("a", a.text()).put("b", b.text());
        question.put("a_ended", a.ended()).put("b_ended", b.ended());
        return question.toString();
    }

    private String ask(String question) {
        var answer =
                reader.submit(() -> {
                    questions.write(question);
                    questions.newLine();
                    questions.flush();
                    return boundedLine();
                });
        try {
            return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw failure(
                    "gave no verdict within %d ms: does it flush its output after each line?"
                            .formatted(patience.toMillis()));
        } catch (ExecutionException e) {
            throw failure("ended or closed its pipes: " + String.valueOf(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure("was interrupted");
        }
    }

    private String boundedLine() throws IOException {
        var line = new StringBuilder();
        for (int c = answers.read(); c != '\n'; c = answers.read()) {
            if (c < 0) {
                throw new IOException("its output ended before a verdict");
            }
            if (line.length() == LONGEST_LINE) {
                throw new IOException("a line of over %d characters".formatted(LONGEST_LINE));
            }
            line.append((char) c);
        }
        return line.toString();
    }

    private Verdict verdict(String line) {
        JsonNode answer;
        try {
            answer = JSON.readTree(line);
        } catch (IOException e) {
            throw failure("answered '%s', which is not JSON".formatted(line));
        }
        Pick pick =
                switch (answer.path("pick").asText()) {
                    case "a" -> Pick.A;
                    case "b" -> Pick.B;
                    case "tie" -> Pick.TIE;
                    default ->
                            throw failure(
                                    "answered '%s': pick must be \"a\", \"b\" or \"tie\""
                                            .formatted(line));
                };
        return new Verdict(pick, score(answer, "score_a", line), score(answer, "score_b", line));
    }

    private double score(JsonNode answer, String field, String line) {
        JsonNode score = answer.path(field);
        if (!score.isNumber() || !Double.isFinite(score.asDouble())) {
            throw failure("answered '%s': %s must be a number".formatted(line, field));
        }
        return score.asDouble();
    }

    private PreferenceFailedException failure(String what) {
        return new PreferenceFailedException(
                "the preference command '%s' %s".formatted(command, what));
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(2, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        reader.shutdownNow();
    }
}
