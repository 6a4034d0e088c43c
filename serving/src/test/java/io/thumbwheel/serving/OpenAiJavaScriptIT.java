package io.thumbwheel.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// OpenAI's own client for JavaScript against serving, unchanged (`src/test/js`). It is an npm
/// package and there is none of it on Maven Central, so this takes Node 20 or newer and npm from
/// the path and is skipped, with a warning, where there are none or the package cannot be fetched;
/// `-Dopenai.js=required` makes that a failure.
@QuarkusTest
@WithTestResource(value = ServingPlatform.class, scope = TestResourceScope.GLOBAL)
class OpenAiJavaScriptIT {
    private static final Logger LOG = Logger.getLogger(OpenAiJavaScriptIT.class);
    private static final Path SOURCES = Path.of("src/test/js");
    private static final Path FOLDER = Path.of("target/openai-js");

    @BeforeEach
    void ready() {
        Requests.awaitReady();
    }

    @Test
    void itsTestsPass() throws Exception {
        install();

        Run run =
                run(
                        List.of("node", "--test", "openai.test.js"),
                        Map.of(
                                "BASE_URL",
                                "http://localhost:%d/v1".formatted(RestAssured.port),
                                "API_KEY",
                                ServingPlatform.CHAT,
                                "RELEASE",
                                ReleaseFolders.FIRST));

        assertThat(run.status()).as(run.output()).isZero();
        assertThat(run.output()).contains("pass 12").contains("fail 0");
    }

    /// Fetches the package into `target`, once.
    private static void install() throws IOException, InterruptedException {
        Files.createDirectories(FOLDER);
        for (String file : List.of("package.json", "openai.test.js")) {
            Files.copy(
                    SOURCES.resolve(file),
                    FOLDER.resolve(file),
                    StandardCopyOption.REPLACE_EXISTING);
        }
        try {
            Run node = run(List.of("node", "--version"), Map.of());
            if (node.status() != 0 || major(node.output()) < 20) {
                skip("it needs Node 20 or newer, there is " + node.output().strip());
            }
            Run npm =
                    run(
                            List.of(
                                    "npm",
                                    "install",
                                    "--prefer-offline",
                                    "--ignore-scripts",
                                    "--no-package-lock",
                                    "--no-audit",
                                    "--no-fund"),
                            Map.of());
            if (npm.status() != 0) {
                skip("npm cannot fetch the package: " + npm.output().strip());
            }
        } catch (IOException e) {
            skip("node and npm are not on the path: " + e.getMessage());
        }
    }

    private static int major(String version) {
        return Integer.parseInt(version.strip().replaceAll("^v(\\d+)\\..*$", "$1"));
    }

    private static void skip(String why) {
        String message = "OpenAI's client for JavaScript was NOT tested: " + why;
        if (System.getProperty("openai.js", "").equals("required")) {
            fail(message);
        }
        LOG.warn(message);
        Assumptions.abort(message);
    }

    private record Run(int status, String output) {}

    private static Run run(List<String> command, Map<String, String> environment)
            throws IOException, InterruptedException {
        Path log = Files.createTempFile(FOLDER, command.getFirst(), ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(FOLDER.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).as("%s ends", command).isTrue();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        return new Run(process.exitValue(), Files.readString(log));
    }
}
