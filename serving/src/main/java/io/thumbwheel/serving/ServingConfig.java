package io.thumbwheel.serving;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.thumbwheel.schemas.artifact.Precision;
import io.thumbwheel.serving.onnx.Device;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// Everything that can be set about serving. The environment variables of `application.properties`
/// come first; every key can also be given as a system property (`-Dserving.queue.waiting=…`).
@ConfigMapping(prefix = "serving")
public interface ServingConfig {

    /// Name of this replica in `swaps.v1`.
    String replica();

    /// Kafka's bootstrap servers (`THUMBWHEEL_KAFKA`).
    String kafka();

    /// The key file that all services share (`THUMBWHEEL_KEYS`).
    Path keys();

    /// The release store: one folder per release (`THUMBWHEEL_RELEASES`).
    Path releases();

    /// Where this service keeps what a restart needs (`THUMBWHEEL_STATE`).
    Path state();

    /// What one request may ask for.
    Limits limits();

    /// How requests share the machine.
    Queue queue();

    /// How much one API key may ask for.
    Rate rate();

    /// What is kept of conversations whose history serving is asked to keep.
    Conversations conversations();

    /// How Redis is asked.
    Redis redis();

    /// What runs releases.
    Engine engine();

    /// How releases are held.
    Residence residence();

    /// How answers are recorded.
    Journal journal();

    /// What is told to Prometheus.
    Metrics metrics();

    /// What is told to the log.
    Log log();

    /// What one request may ask for; beyond it stands a 4xx that names the limit.
    interface Limits {
        /// Largest body of a request.
        @WithDefault("1M")
        MemorySize body();

        /// Deepest nesting of a JSON body; what serving reads has a depth of 5.
        @WithDefault("32")
        int depth();

        /// Most messages of one conversation.
        @WithDefault("512")
        int messages();

        /// Most stop texts.
        @WithDefault("4")
        int stops();

        /// Longest wait for a release that is loaded on demand.
        @WithDefault("30s")
        Duration load();
    }

    /// How requests share the machine.
    interface Queue {
        /// Answers of one release decoded together; each has a slot of its KV cache.
        @WithDefault("16")
        int slots();

        /// Most tokens of prompt and answer together; the model's own limit counts where it is
        /// less.
        @WithDefault("4096")
        int context();

        /// Answers that may wait for a slot, of one key at most 8/9 of them; beyond it requests get
        /// 429.
        @WithDefault("256")
        int waiting();

        /// Longest wait for a slot; after it requests get 503.
        @WithDefault("30s")
        Duration longestWait();

        /// How long prompts are read between two tokens of the answers in the making: bounds the
        /// pause that new prompts cause to them.
        @WithDefault("50ms")
        Duration prefill();

        /// Memory in which each release keeps beginnings of prompts that it has computed; 0 keeps
        /// none.
        @WithDefault("128M")
        MemorySize prefixes();

        /// Text chunks that a stream may lie behind before it is cut.
        @WithDefault("256")
        int behind();

        /// Threads of the engine; 0 takes one per core that the process may use.
        @WithDefault("0")
        int threads();

        /// How long running streams may finish when the service stops.
        @WithDefault("5s")
        Duration drain();

        /// How many times as long as alone an answer may be expected to take; requests that would
        /// make it longer get 429. 0 takes as many as there is room for.
        @WithDefault("0")
        double slowest();
    }

    /// How much one API key may ask for, a token bucket for each: beyond it requests get 429. All
    /// replicas share it through Redis; each counts for itself while Redis is away.
    interface Rate {
        /// Answers (`n` of a request) per minute in the long run; 0 sets no limit.
        @WithDefault("0")
        int perMinute();

        /// Answers that a key which was idle may ask for at once.
        @WithDefault("60")
        int burst();
    }

    /// What is kept of conversations whose history serving is asked to keep. Beyond the bounds the
    /// oldest turns are let go, whole.
    interface Conversations {
        /// How long a conversation that nobody goes on with is kept.
        @WithDefault("24h")
        Duration ttl();

        /// Most turns of one.
        @WithDefault("256")
        int turns();

        /// Largest size of one in Redis.
        @WithDefault("256K")
        MemorySize size();
    }

    /// How Redis is asked.
    interface Redis {
        /// Longest wait for an answer; after it serving goes on without.
        @WithDefault("200ms")
        Duration patience();
    }

    /// What runs releases.
    interface Engine {
        /// Which of a release's graphs serves: `fp32`, `int8`, `int4`, or `auto`, the fastest here
        /// of those that are near enough. A release that lacks the graph is served in fp32.
        @WithDefault("auto")
        PrecisionSetting precision();

        /// For `auto`: most nats by which a quantised graph's log-probs may differ from the
        /// trainer's in the mean, as the release's manifest has it.
        @WithDefault("0.03")
        double nearEnough();

        /// What computes: `cpu`, or `cuda` in a build with Maven profile `gpu`; the CPU steps in
        /// where CUDA cannot be had.
        @WithDefault("cpu")
        Device device();
    }

    /// Which graph serves.
    enum PrecisionSetting {
        /// The fastest of those near enough.
        AUTO,
        FP32,
        INT8,
        INT4;

        /// The one graph that was asked for; empty for [#AUTO].
        public Optional<Precision> fixed() {
            return switch (this) {
                case AUTO -> Optional.empty();
                case FP32 -> Optional.of(Precision.FP32);
                case INT8 -> Optional.of(Precision.INT8);
                case INT4 -> Optional.of(Precision.INT4);
            };
        }
    }

    /// How releases are held.
    interface Residence {
        /// Releases held besides r0, primary, canary and hold-out; the one unused longest goes
        /// first.
        @WithDefault("2")
        int onDemand();

        /// Memory for the KV caches of all releases. By default as much as releases like the first
        /// can take together, but no more than half of what is available.
        Optional<MemorySize> cache();

        /// What is done with a new primary for which there is no memory.
        @WithDefault("refuse")
        WhenFull whenFull();

        /// What is done where there is no memory for one more release.
        enum WhenFull {
            /// The old one keeps serving.
            REFUSE,
            /// The old one is let go first: until the new one is loaded there are no answers.
            DRAIN_THEN_LOAD
        }
    }

    /// How answers are recorded.
    interface Journal {
        /// Longest that an answer's end waits for Kafka's acknowledgement; after it the disk takes
        /// its record.
        @WithDefault("500ms")
        Duration patience();

        /// Events that may wait for Kafka in memory; beyond it they go to disk at once.
        @WithDefault("4096")
        int buffer();

        /// Events on disk that Kafka does not have yet; from here on requests get 503.
        @WithDefault("256M")
        MemorySize spool();

        /// How long Kafka may take over one event.
        @WithDefault("30s")
        Duration delivery();
    }

    /// What is told to Prometheus.
    interface Metrics {
        /// Whether the figures of answers are told under vLLM's names, too.
        @WithDefault("false")
        boolean vllmNames();
    }

    /// What is told to the log; never what people or models wrote.
    interface Log {
        /// Whether each line is a JSON object, for machines.
        @WithDefault("false")
        boolean json();

        /// Whether every answer has a line.
        @WithDefault("false")
        boolean answers();
    }
}
