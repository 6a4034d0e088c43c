package io.thumbwheel.feedback.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Signatures beside those of the official library (npm `standardwebhooks`), which node runs.
final class StandardWebhooksLibraryIT {
    private static final Path FOLDER = Path.of("target", "npm");
    private static final String LIBRARY = "standardwebhooks@1.0.0";
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String BODY = "{\"text\": \"größer 🙂\"}";

    @BeforeAll
    static void install() throws Exception {
        Files.createDirectories(FOLDER);
        boolean there =
                Files.isDirectory(FOLDER.resolve("node_modules/standardwebhooks"))
                        || run("npm", "install", "--no-audit", "--no-fund", LIBRARY).rc == 0;
        Assumptions.assumeTrue(
                there,
                "SKIPPED: node and npm with access to a registry are needed to sign with "
                        + LIBRARY);
    }

    @Test
    void theLibrarysSignatureIsGenuine() throws Exception {
        long now = Instant.now().getEpochSecond();

        String signature =
                node("console.log(w.sign('msg_1', new Date(%d * 1000), process.argv[1]))", now);

        assertThat(
                        StandardSignature.verifies(
                                List.of(SECRET),
                                "msg_1",
                                String.valueOf(now),
                                BODY.getBytes(StandardCharsets.UTF_8),
                                signature))
                .isTrue();
    }

    @Test
    void theLibraryFindsOursGenuine() throws Exception {
        long now = Instant.now().getEpochSecond();
        String signature =
                StandardSignature.sign(SECRET, "msg_2", now, BODY.getBytes(StandardCharsets.UTF_8));

        assertThat(
                        node(
                                "console.log(w.verify(process.argv[1], {'webhook-id': 'msg_2', 'webhook-timestamp': '%d', 'webhook-signature': '%s'}).text)",
                                now, signature))
                .isEqualTo("größer 🙂");
    }

    private static String node(String script, Object... arguments) throws Exception {
        Ended ended =
                run(
                        "node",
                        "-e",
                        "const {Webhook} = require('standardwebhooks'); const w = new Webhook('%s');"
                                        .formatted(SECRET)
                                + script.formatted(arguments),
                        BODY);
        assertThat(ended.rc).as(ended.output).isZero();
        return ended.output.strip();
    }

    private record Ended(int rc, String output) {}

    private static Ended run(String... command) throws InterruptedException {
        try {
            Process process =
                    new ProcessBuilder(new ArrayList<>(List.of(command)))
                            .directory(FOLDER.toFile())
                            .redirectErrorStream(true)
                            .start();
            process.getOutputStream().close();
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            return new Ended(process.exitValue(), output);
        } catch (IOException e) {
            return new Ended(-1, e.toString());
        }
    }
}
