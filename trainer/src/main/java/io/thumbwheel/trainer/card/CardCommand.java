package io.thumbwheel.trainer.card;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.thumbwheel.schemas.event.Message;
import io.thumbwheel.schemas.text.ChatTemplate;
import io.thumbwheel.trainer.evaluation.AnswerStatistics;
import io.thumbwheel.trainer.model.ComputeDevice;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.model.Sampler;
import io.thumbwheel.trainer.model.Sampler.Sampled;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `trainer card`: what a model card says about a policy's answers, in Markdown: endings, topics,
/// diversity, copies from training text, and samples to read.
@Command(
        name = "card",
        description = "Measures a policy's answers for its model card.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
public final class CardCommand implements Callable<Integer> {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "MODEL", description = "Hugging Face folder of the policy.")
    private Path folder = Path.of(".");

    @Option(names = "--prompts", required = true, description = "As `prompts` writes them.")
    private Path promptsFile = Path.of("demo-prompts.jsonl");

    @Option(names = "--training", description = "Training stream, to find copies in.")
    private @Nullable Path training;

    @Option(names = "--answers", description = "How many prompts are answered.")
    private int count = 500;

    @Option(names = "--samples", description = "How many answers are shown.")
    private int samples = 50;

    @Option(names = "--temperature", description = "0 takes the most probable token.")
    private double temperature = 0.8;

    @Option(names = "--max-tokens", description = "Longest answer.")
    private int maxTokens = 48;

    @Option(names = "--seed", description = "Of the draws.")
    private long seed = 1;

    private record Prompt(String text, String topic) {}

    @Override
    public Integer call() throws IOException {
        ChatTemplate template = ChatTemplate.load(folder);
        List<Prompt> prompts = prompts();
        List<Sampled> answers = answer(template, prompts);
        List<String> texts =
                answers.stream().map(a -> template.tokenizer().decode(a.tokenIds())).toList();
        PrintWriter out = spec.commandLine().getOut();
        writeTable(out, template, prompts, answers, texts);
        for (int i = 0; i < Math.min(samples, texts.size()); i++) {
            out.printf(
                    "%d. **%s**  %n   %s%s%n",
                    i + 1,
                    prompts.get(i).text(),
                    texts.get(i).strip().replace("\n", " / "),
                    answers.get(i).ended() ? "" : " *(cut)*");
        }
        out.flush();
        return 0;
    }

    private List<Prompt> prompts() throws IOException {
        var prompts = new ArrayList<Prompt>();
        for (String line : Files.readAllLines(promptsFile)) {
            JsonNode prompt = JSON.readTree(line);
            prompts.add(
                    new Prompt(
                            prompt.path("messages").path(0).path("content").asText(),
                            prompt.path("topic").asText("")));
        }
        return prompts.subList(0, Math.min(count, prompts.size()));
    }

    private List<Sampled> answer(ChatTemplate template, List<Prompt> prompts) throws IOException {
        List<List<Integer>> ids =
                prompts.stream()
                        .map(p -> template.prompt(List.of(new Message("user", p.text()))))
                        .toList();
        try (NDManager manager = ComputeDevice.CPU.open();
                Llama policy = Llama.load(manager, folder)) {
            return Sampler.sample(policy, ids, temperature, maxTokens, seed);
        }
    }

    private void writeTable(
            PrintWriter out,
            ChatTemplate template,
            List<Prompt> prompts,
            List<Sampled> answers,
            List<String> texts)
            throws IOException {
        var statistics =
                AnswerStatistics.of(
                        answers.stream().map(Sampled::tokenIds).toList(), template.eos());
        out.printf(
                Locale.ROOT,
                "| measure (%d answers, T %.1f) | value |%n",
                texts.size(),
                temperature);
        out.println("|---|---|");
        row(out, "end by themselves", statistics.eosShare());
        row(out, "name the topic that they were asked for", topicRate(prompts, texts));
        out.printf(Locale.ROOT, "| mean length, tokens | %.1f |%n", statistics.meanTokens());
        row(out, "distinct-2 over all answers", statistics.distinct2());
        if (training != null) {
            CopyRate copies = copies(training, texts);
            row(out, "runs of 13 words that training text has", copies.ofRuns());
            row(out, "answers (13 words or more) with such a run", copies.ofAnswers());
        }
        out.println();
    }

    private static void row(PrintWriter out, String name, double share) {
        out.printf(Locale.ROOT, "| %s | %.1f %% |%n", name, 100 * share);
    }

    /// The share of answers that name the topic, among the prompts that have one.
    private static double topicRate(List<Prompt> prompts, List<String> texts) {
        int asked = 0;
        int named = 0;
        for (int i = 0; i < texts.size(); i++) {
            String topic = prompts.get(i).topic();
            if (!topic.isEmpty()) {
                asked++;
                named += texts.get(i).toLowerCase(Locale.ROOT).contains(topic) ? 1 : 0;
            }
        }
        return asked == 0 ? 0 : (double) named / asked;
    }

    private static CopyRate copies(Path training, List<String> texts) throws IOException {
        var copies = new CopyRate(texts);
        try (BufferedReader lines = Files.newBufferedReader(training)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode document = JSON.readTree(line);
                copies.read(document.path("text").asText(""));
                for (JsonNode message : document.path("messages")) {
                    copies.read(message.path("content").asText(""));
                }
            }
        }
        return copies;
    }
}
