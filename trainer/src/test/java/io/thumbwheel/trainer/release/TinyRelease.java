package io.thumbwheel.trainer.release;

import static java.util.Objects.requireNonNull;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.schemas.artifact.Precision;
import io.thumbwheel.schemas.artifact.ReleaseManifest;
import io.thumbwheel.schemas.artifact.Safetensors;
import io.thumbwheel.schemas.artifact.TensorNames;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.onnx.OnnxExport;
import io.thumbwheel.trainer.onnx.RandomCheckpoint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/// A complete release in a few hundred kilobytes, for tests of whoever runs releases: random
/// weights, bytes as tokens. Its answers are random lower-case letters and spaces that end by
/// themselves after some dozens.
final class TinyRelease {
    private static final List<String> SPECIAL =
            List.of(
                    "<|pad|>",
                    "<|bos|>",
                    "<|eos|>",
                    "<|user|>",
                    "<|assistant|>",
                    "<|system|>",
                    "<|unused0|>",
                    "<|unused1|>");
    private static final int BYTES = 256;
    private static final String TEMPLATE =
            "{{ bos_token }}{% for m in messages %}{% if m['role'] == 'assistant' %}"
                    + "{{ '<|assistant|>' + m['content'] + eos_token }}"
                    + "{% elif m['role'] == 'system' %}{{ '<|system|>' + m['content'] }}"
                    + "{% else %}{{ '<|user|>' + m['content'] }}{% endif %}{% endfor %}"
                    + "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private TinyRelease() {}

    static ModelConfig config() {
        int vocab = SPECIAL.size() + BYTES;
        return ModelConfig.llama(vocab, 32, 2, 2, 1, 16, 48, 256, 1e-5, 10_000, false, 1, 2, 0);
    }

    /// Writes the release into `folder`; returns its manifest.
    ///
    /// @param quantised graphs beside the fp32 one
    static ReleaseManifest write(Path folder, int sequence, long seed, Precision... quantised)
            throws IOException {
        RandomCheckpoint.write(folder, config(), letters(seed));
        json(folder, "generation_config.json", generationConfig());
        json(folder, "tokenizer.json", tokenizer());
        json(folder, "tokenizer_config.json", tokenizerConfig());
        OnnxExport.write(folder, folder);
        for (Precision precision : quantised) {
            OnnxExport.quantise(folder, folder, precision);
        }
        ReleaseManifest manifest = manifest(folder, sequence, seed, quantised);
        Files.write(folder.resolve(ReleaseManifest.FILE), manifest.toJson());
        return manifest;
    }

    /// Random weights with one channel of the residual stream held high, by which the head favours
    /// letters, spaces and, less, the end.
    private static Map<String, float[]> letters(long seed) {
        ModelConfig config = config();
        Map<String, float[]> tensors = RandomCheckpoint.tensors(config, seed);
        float[] embedding = requireNonNull(tensors.get(TensorNames.EMBEDDING)); // [vocab, hidden]
        float[] head = requireNonNull(tensors.get(TensorNames.HEAD)); // [vocab, hidden]
        requireNonNull(tensors.get(TensorNames.FINAL_NORM))[0] = 1;
        for (int id = 0; id < config.vocab(); id++) {
            int letter = id - SPECIAL.size();
            boolean shown = letter == ' ' || letter >= 'a' && letter <= 'z';
            for (int i = id * config.hidden(); i < (id + 1) * config.hidden(); i++) {
                embedding[i] *= 3;
                head[i] *= 1.5f;
            }
            embedding[id * config.hidden()] = 2;
            head[id * config.hidden()] = shown ? 2 : id == config.eosId() ? 1.7f : -4;
        }
        return tensors;
    }

    private static ReleaseManifest manifest(
            Path folder, int sequence, long seed, Precision... quantised) throws IOException {
        SortedMap<String, ReleaseManifest.FileDigest> files = new TreeMap<>();
        try (var all = Files.list(folder)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                String name = file.getFileName().toString();
                if (!name.equals(ReleaseManifest.FILE)) {
                    files.put(name, ReleaseManifest.FileDigest.of(file));
                }
            }
        }
        String weights = ReleaseManifest.FileDigest.of(folder.resolve(Safetensors.FILE)).sha256();
        try (NDManager manager = NDManager.newBaseManager();
                Llama policy = Llama.load(manager, folder)) {
            List<List<Integer>> prompts = List.of(prompt("hello"), prompt("a story, please"));
            List<ReleaseManifest.SelfTest> answers = SelfTests.make(policy, prompts);
            SortedMap<Precision, ReleaseManifest.Quantised> gaps = new TreeMap<>();
            for (Precision precision : quantised) {
                gaps.put(precision, Parity.measure(policy, folder, precision, whole(answers)));
            }
            return new ReleaseManifest(
                    1,
                    "r" + sequence + "-" + weights.substring(0, 8),
                    null,
                    Instant.parse("2026-01-01T00:00:00Z"),
                    new TreeMap<>(Map.of("source", "random weights", "seed", Long.toString(seed))),
                    new TreeMap<>(),
                    0,
                    Parity.measure(policy, folder, prompts),
                    gaps,
                    answers,
                    files);
        }
    }

    private static List<List<Integer>> whole(List<ReleaseManifest.SelfTest> answers) {
        return answers.stream()
                .map(answer ->
                        Stream.concat(answer.promptIds().stream(), answer.tokenIds().stream())
                                .toList())
                .toList();
    }

    private static List<Integer> prompt(String text) {
        List<Integer> ids = new ArrayList<>(List.of(1, 3));
        for (byte letter : text.getBytes(StandardCharsets.UTF_8)) {
            ids.add(SPECIAL.size() + (letter & 0xFF));
        }
        ids.add(4);
        return ids;
    }

    private static ObjectNode generationConfig() {
        return JSON.createObjectNode()
                .put("bos_token_id", 1)
                .put("eos_token_id", 2)
                .put("pad_token_id", 0);
    }

    private static ObjectNode tokenizer() {
        ObjectNode root = JSON.createObjectNode().put("version", "1.0");
        root.putNull("truncation");
        root.putNull("padding");
        ArrayNode added = root.putArray("added_tokens");
        ObjectNode vocabulary = JSON.createObjectNode();
        for (int id = 0; id < SPECIAL.size(); id++) {
            added.addObject()
                    .put("id", id)
                    .put("content", SPECIAL.get(id))
                    .put("single_word", false)
                    .put("lstrip", false)
                    .put("rstrip", false)
                    .put("normalized", false)
                    .put("special", true);
            vocabulary.put(SPECIAL.get(id), id);
        }
        for (int value = 0; value < BYTES; value++) {
            vocabulary.put(alphabet(value), SPECIAL.size() + value);
        }
        root.putNull("normalizer");
        root.set("pre_tokenizer", byteLevel());
        root.putNull("post_processor");
        root.set("decoder", byteLevel());
        ObjectNode model = root.putObject("model").put("type", "BPE");
        model.putNull("dropout").putNull("unk_token");
        model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
        model.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
        model.set("vocab", vocabulary);
        model.putArray("merges");
        return root;
    }

    private static ObjectNode byteLevel() {
        return JSON.createObjectNode()
                .put("type", "ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", true)
                .put("use_regex", true);
    }

    /// GPT-2's printable stand-in for a byte.
    private static String alphabet(int wanted) {
        int next = BYTES;
        for (int value = 0; ; value++) {
            boolean printable =
                    value >= '!' && value <= '~'
                            || value >= 0xA1 && value <= 0xAC
                            || value >= 0xAE && value <= 0xFF;
            int character = printable ? value : next++;
            if (value == wanted) {
                return Character.toString(character);
            }
        }
    }

    private static ObjectNode tokenizerConfig() {
        ObjectNode root =
                JSON.createObjectNode()
                        .put("tokenizer_class", "PreTrainedTokenizerFast")
                        .put("model_max_length", config().context())
                        .put("bos_token", "<|bos|>")
                        .put("eos_token", "<|eos|>")
                        .put("pad_token", "<|pad|>")
                        .put("clean_up_tokenization_spaces", false)
                        .put("add_bos_token", false);
        return root.put("chat_template", TEMPLATE);
    }

    private static void json(Path folder, String name, ObjectNode content) throws IOException {
        Files.write(folder.resolve(name), JSON.writeValueAsBytes(content));
    }
}
