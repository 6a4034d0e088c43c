package io.thumbwheel.trainer.export;

import io.thumbwheel.schemas.event.Example;
import java.io.IOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A Hugging Face dataset card: what is in an export, where it comes from, and what holds for whose
/// opinions it has.
public final class DatasetCard {
    /// Hugging Face's names for sizes.
    private static final List<Map.Entry<Long, String>> SIZES =
            List.of(
                    Map.entry(1_000L, "n<1K"),
                    Map.entry(10_000L, "1K<n<10K"),
                    Map.entry(100_000L, "10K<n<100K"),
                    Map.entry(1_000_000L, "100K<n<1M"),
                    Map.entry(10_000_000L, "1M<n<10M"));

    /// Which format has which kind of example.
    private static final Map<String, String> FORMAT_OF =
            Map.of("preference", "preference", "rated", "kto", "demonstration", "sft");

    private static final List<String> SPLITS = List.of("train", "validation", "test");

    private final SortedMap<String, SortedMap<String, Long>> byKindAndSplit = new TreeMap<>();
    private final SortedMap<String, Long> byRelease = new TreeMap<>();
    private final SortedMap<String, Long> bySource = new TreeMap<>();
    private final DatasetHash digest = new DatasetHash();
    private final String hash;
    private long examples;
    private @Nullable Instant first;
    private @Nullable Instant last;

    private DatasetCard(ExampleFilter filter, ExampleExport.Source source) throws IOException {
        source.forEach(body -> {
            Example example = ExampleExport.exampleOf(body);
            if (filter.admits(example)) {
                digest.add(body);
                count(example);
            }
        });
        hash = digest.hex();
    }

    /// Counts what the filter admits.
    public static DatasetCard of(ExampleFilter filter, ExampleExport.Source source)
            throws IOException {
        return new DatasetCard(filter, source);
    }

    /// [DatasetHash] of the examples.
    public String hash() {
        return hash;
    }

    private void count(Example example) {
        Example.Provenance from = example.provenance();
        examples++;
        byKindAndSplit
                .computeIfAbsent(ExampleRows.kindOf(example), _ -> new TreeMap<>())
                .merge(ExampleQuery.nameOf(from.split()), 1L, Long::sum);
        bySource.merge(ExampleQuery.nameOf(from.raterKind()), 1L, Long::sum);
        ExampleFilter.releases(example).forEach(release -> byRelease.merge(release, 1L, Long::sum));
        first = first == null || from.at().isBefore(first) ? from.at() : first;
        last = last == null || from.at().isAfter(last) ? from.at() : last;
    }

    /// The card.
    ///
    /// @param offsets that the dataset ends at
    public String markdown(String offsets) {
        return """
        ---
        pretty_name: Thumbwheel examples
        tags:
        - rlhf
        - human-feedback
        - trl
        task_categories:
        - text-generation
        size_categories:
        - %s
        %s---

        # Thumbwheel examples

        Opinions of people about answers of a chat model that learns from them.

        | | |
        |---|---|
        | examples | %d |
        | given | %s |
        | SHA-256 over the events, sorted by id | `%s` |
        | offsets of the log | `%s` |

        ## Examples by kind and split

        | kind | format | train | validation | test |
        |---|---|---|---|---|
        %s
        Splits are by rater: nobody's opinions are in two of them. Raters of validation and test are held out:
        models are measured on them and never trained. `raw` has all kinds. Ties are left out of `preference`, ratings in the
        middle of the scale out of `kto`.

        ## Examples by release and source

        | release | examples with an answer of it |
        |---|---|
        %s
        | source | examples |
        |---|---|
        %s
        ## Consent and withdrawal

        An example is here only if the owner of the prompt agreed that it is stored (`store` in the chat request) and the
        rater that the opinion may train a model (`consent` in the feedback). Raters are pseudonyms, keyed hashes; texts
        are as people and models wrote them and may say what identifies somebody.
        Whoever takes an opinion back is no longer in any later version: compare the hash with that of a new export, and
        replace copies whose examples are gone.
        """
                .formatted(
                        size(),
                        configs(),
                        examples,
                        first == null ? "never" : first + " to " + last,
                        hash,
                        offsets,
                        kinds(),
                        table(byRelease),
                        table(bySource));
    }

    private String size() {
        return SIZES.stream()
                .filter(size -> examples < size.getKey())
                .min(Comparator.comparing(Map.Entry::getKey))
                .map(Map.Entry::getValue)
                .orElse("n>10M");
    }

    /// One configuration for each format that has rows, its files by split.
    private String configs() {
        StringBuilder yaml = new StringBuilder();
        byKindAndSplit.forEach((kind, splits) -> {
            String format = FORMAT_OF.get(kind);
            if (format != null) {
                yaml.append("- config_name: ").append(format).append("\n  data_files:\n");
                SPLITS.stream()
                        .filter(splits::containsKey)
                        .forEach(split ->
                                yaml.append(
                                        "  - split: %s\n    path: %s/%s.jsonl\n"
                                                .formatted(split, format, split)));
            }
        });
        return yaml.isEmpty() ? "" : "configs:\n" + yaml;
    }

    private String kinds() {
        StringBuilder table = new StringBuilder();
        byKindAndSplit.forEach((kind, splits) ->
                table.append("| %s | %s |".formatted(kind, FORMAT_OF.getOrDefault(kind, "raw")))
                        .append(
                                SPLITS.stream()
                                        .map(split ->
                                                " %d |".formatted(splits.getOrDefault(split, 0L)))
                                        .collect(Collectors.joining()))
                        .append('\n'));
        return table.toString();
    }

    private static String table(SortedMap<String, Long> counts) {
        return counts.entrySet().stream()
                .map(count -> "| %s | %d |\n".formatted(count.getKey(), count.getValue()))
                .collect(Collectors.joining());
    }
}
