package io.thumbwheel.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.schemas.event.SwapReport.ReleaseApplied;
import io.thumbwheel.standalone.client.ApiClient;
import io.thumbwheel.standalone.client.ApiException;
import io.thumbwheel.standalone.client.ChatCall;
import io.thumbwheel.standalone.client.Completion;
import io.thumbwheel.standalone.client.Traffic;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The whole loop on a toy policy, with every process real: chats, picks, examples, reward models,
/// PPO, release, swap; then a kill of everything that can be killed; then a person who wants to be
/// forgotten.
class LoopIT {
    private static final int COMPARISONS = 122;
    private static final String LEAVER = "leaver";

    /// A refresh of seconds whose gate lets everything pass: mechanics are tested here, learning
    /// elsewhere.
    private static final String REFRESH =
            """
            {"seed": 1,
             "config": {
               "anchors": 16,
               "reward": {"requiredAccuracy": 0.0, "batchPairs": 16},
               "ppo": {"steps": 2, "valueSteps": 1, "episodes": 16, "minibatches": 1,
                       "microbatch": 8, "epochs": 1, "maxResponseTokens": 16,
                       "limits": {"maxKl": 1000, "minKl": -1000, "minEntropyShare": 0,
                                  "maxLengthShare": 100, "minLengthShare": 0, "minEosShare": 0}},
               "gate": {"answers": 8, "minWinRateVsReference": -1, "minWinRateVsServing": -1,
                        "maxKl": 1000, "minDistinct2Share": 0, "minLengthShare": 0,
                        "maxLengthShare": 100, "minEosShare": 0}}}
            """;

    @TempDir Path folder;

    private final Traffic traffic = new Traffic();

    @Test
    void aPickReachesServingAsANewReleaseAndNothingIsLostToKills() throws Exception {
        Path policy = ToyPolicy.write(folder.resolve("toy"), 1);
        Path data = folder.resolve("data");
        int base = freeBase();
        String promoted;
        List<ProcessHandle> children;

        // The loop turns once.
        try (RunningPlatform platform = RunningPlatform.start(data, policy, base)) {
            try (ApiClient api = new ApiClient(platform.endpoints(), "simulated", traffic)) {
                String r0 = ask(api, 0).release();
                assertThat(r0).startsWith("r0-");
                compare(platform, api);
                promoted = refresh(platform, api);
                assertThat(api.release(promoted).path("parent").asText()).isEqualTo(r0);
                assertThat(promoted).startsWith("r1-").isNotEqualTo(r0);
                assertThat(ask(api, 1).release()).isEqualTo(promoted);
                assertThat(pinned(api, r0).release()).isEqualTo(r0);
                assertThat(traffic.firstReasons()).isEmpty();

                // A killed service comes back and serves what it served.
                ProcessHandle serving = platform.child("serving/target");
                serving.destroyForcibly();
                await().atMost(Duration.ofSeconds(60))
                        .ignoreExceptionsInstanceOf(ApiException.class)
                        .until(() -> ask(api, 2).release().equals(promoted));
                assertThat(platform.child("serving/target").pid()).isNotEqualTo(serving.pid());
            }

            // Nobody is left when the supervisor is killed.
            children = platform.children();
            assertThat(children).hasSizeGreaterThanOrEqualTo(6);
            platform.kill();
        }
        await().atMost(Duration.ofSeconds(45))
                .until(() -> children.stream().noneMatch(ProcessHandle::isAlive));

        // The next start goes on from there, and stops in order.
        try (RunningPlatform platform = RunningPlatform.start(data, policy, base);
                ApiClient api = new ApiClient(platform.endpoints(), "simulated", traffic)) {
            assertThat(ask(api, 3).release()).isEqualTo(promoted);
            assertThat(examples(api)).isEqualTo(COMPARISONS);

            // What a person said and asked is in no later release, whose lineage says so.
            long prompts = prompts(api);
            api.forget(LEAVER);
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> examples(api) == COMPARISONS - 2 && prompts(api) == prompts - 2);
            JsonNode lineage = api.release(refresh(platform, api)).path("lineage");
            assertThat(lineage.path("withdrawn_people").asText()).isEqualTo("1");
            assertThat(lineage.path("withdrawn_examples").asText()).isEqualTo("2");

            List<ProcessHandle> again = platform.children();
            platform.close();
            assertThat(again).noneMatch(ProcessHandle::isAlive);
            assertThat(platform.output()).contains("stopped; data kept in");
        }
    }

    /// Comparisons, until they are examples.
    private void compare(RunningPlatform platform, ApiClient api) throws Exception {
        Chance chance = new Chance(1);
        List<String> names = Raters.names(platform.keys(), "simulated");
        List<String> prompts =
                IntStream.range(0, COMPARISONS - 2)
                        .mapToObj("Say something about %d."::formatted)
                        .toList();
        Person person = new Person(new LetterPreference(), Control.OFF, 10);
        Users users = new Users(api, chance, names, prompts, person, new Tally());
        users.make(new Users.Round(0, COMPARISONS - 2, "r0", "r0", 0), () -> {});
        assertThat(users.picks()).isEqualTo(COMPARISONS - 2);
        pick(api, "Do I stay?");
        pick(api, "Do I go?");

        await().atMost(Duration.ofSeconds(60)).until(() -> examples(api) == COMPARISONS);
    }

    /// The one who will want to be forgotten takes the first of two answers.
    private static void pick(ApiClient api, String prompt) throws Exception {
        Completion both = api.chat(new ChatCall(prompt, ChatCall.POLICY, 2, 8, 1, LEAVER, null));
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("kind", "pick").put("id", prompt).put("completion_id", both.id());
        body.put("chosen", 0).put("consent", true).putArray("shown").add(0).add(1);
        body.putObject("rater").put("id", LEAVER);
        api.feedback(body);
    }

    /// A refresh and a swap; gives the release that came of it.
    private static String refresh(RunningPlatform platform, ApiClient api) throws Exception {
        String run = api.refresh((ObjectNode) JsonMapper.builder().build().readTree(REFRESH));
        Refreshing.Ended ended =
                new Refreshing(api, _ -> {})
                        .awaitEnd(run, System.nanoTime() + Duration.ofMinutes(3).toNanos());
        assertThat(ended.reason()).isNull();
        String release = String.valueOf(ended.release());
        ReleaseApplied applied =
                new SwapLog(platform.endpoints().kafka())
                        .applied(release, Duration.ofSeconds(60))
                        .orElseThrow();
        assertThat(applied.flipMicros()).isLessThan(1_000);
        return release;
    }

    private static long examples(ApiClient api) throws ApiException, InterruptedException {
        JsonNode dataset = api.dataset();
        return dataset.findPath("by_kind").path("preference").asLong();
    }

    private static long prompts(ApiClient api) throws ApiException, InterruptedException {
        return api.dataset().path("prompts").asLong();
    }

    private static Completion ask(ApiClient api, long seed)
            throws ApiException, InterruptedException {
        return api.chat(new ChatCall("Hello", ChatCall.POLICY, 1, 8, seed, null, null));
    }

    private static Completion pinned(ApiClient api, String release)
            throws ApiException, InterruptedException {
        return api.chat(new ChatCall("Hello", release, 1, 8, 1, null, null));
    }

    /// A base whose thirteen ports are free and not of the range that clients are given ports of.
    private static int freeBase() {
        return new Random()
                .ints(10_000, 20_000)
                .filter(base -> IntStream.range(base, base + 13).allMatch(LoopIT::isFree))
                .findFirst()
                .orElseThrow();
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
