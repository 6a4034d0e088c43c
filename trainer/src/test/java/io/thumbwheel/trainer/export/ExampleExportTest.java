package io.thumbwheel.trainer.export;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.thumbwheel.schemas.artifact.ReleaseManifest;
import io.thumbwheel.schemas.event.EventCodec;
import io.thumbwheel.schemas.event.Example;
import io.thumbwheel.schemas.event.Example.Outcome;
import io.thumbwheel.schemas.event.Example.Response;
import io.thumbwheel.schemas.event.FeedbackGiven.RaterKind;
import io.thumbwheel.schemas.event.Message;
import io.thumbwheel.schemas.event.Split;
import io.thumbwheel.schemas.text.ChatTemplate;
import io.thumbwheel.trainer.export.ExampleExport.Reason;
import io.thumbwheel.trainer.store.GraphExport;
import io.thumbwheel.trainer.store.Import;
import io.thumbwheel.trainer.store.ReleaseMaker;
import io.thumbwheel.trainer.store.ReleaseStore;
import io.thumbwheel.trainer.store.TinyPolicy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.duckdb.DuckDBDriver;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ExampleExportTest {
    private static final Instant MAY = Instant.parse("2026-05-01T10:00:00Z");
    private static final Instant JUNE = Instant.parse("2026-06-01T10:00:00Z");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @TempDir private Path folder;
    private String release = "";
    private List<Integer> dog = List.of();
    private List<Integer> talk = List.of();
    private ReleaseStore store;
    private ExampleExport export;

    @BeforeEach
    void open() throws IOException {
        store = ReleaseStore.open(folder.resolve("releases"), Clock.systemUTC());
        GraphExport nothing =
                (_, target, _) -> {
                    Files.createFile(target.resolve("model.onnx"));
                    return new GraphExport.Exported(new ReleaseManifest.Parity(0, 0, 0), List.of());
                };
        Path policy = TinyPolicy.write(folder.resolve("policy"), 1);
        release = new Import(store, new ReleaseMaker(store, nothing)).reference(policy).id();
        ChatTemplate template = ChatTemplate.load(policy);
        dog = template.prompt(List.of(new Message("user", "A dog 🐕?")));
        talk =
                template.prompt(
                        List.of(
                                new Message("system", "Be kind."),
                                new Message("user", "Hi"),
                                new Message("assistant", "Hello!"),
                                new Message("user", "Bye")));
        export = new ExampleExport(folder.resolve("exports"), store);
    }

    private List<Example> examples() {
        return List.of(
                new Example.Preference(
                        "p1", dog, said("Wuff."), said("No."), Outcome.B, 0.5, by("rater-0", MAY)),
                new Example.Preference(
                        "p2", dog, said("x"), said("y"), Outcome.TIE, 0, by("rater-0", MAY)),
                new Example.Preference(
                        "p3", talk, wrote("Good bye!"), said("?"), Outcome.A, 0, by("r1", JUNE)),
                new Example.Preference(
                        "p4", List.of(1, 3, 20), said("a"), said("b"), Outcome.A, 0, by("r1", MAY)),
                new Example.Preference(
                        "p5",
                        dog,
                        new Response("a", List.of(30), "r9-00000000"),
                        new Response("b", List.of(31), "r9-00000000"),
                        Outcome.A,
                        0,
                        by("r1", MAY)),
                new Example.Rated("t1", dog, said("Wuff."), 1, by("rater-0", MAY)),
                new Example.Rated("t2", dog, said("No."), 0.25, by("r1", MAY)),
                new Example.Rated("t3", dog, said("Hm."), 0.5, by("r1", MAY)),
                new Example.Demonstration("u1", talk, wrote("Good bye!"), by("r1", JUNE)));
    }

    @Test
    void preferencesAreTrlsConversationalOnes() throws IOException {
        ExampleExport.Exported exported = export("format", "preference");

        assertThat(lines(exported))
                .containsExactly(
                        "{'id':'p1','prompt':[{'role':'user','content':'A dog 🐕?'}],'chosen':[{'role':'assistant','content':'No.'}],'rejected':[{'role':'assistant','content':'Wuff.'}],'margin':0.5,'chosen_release':'%1$s','rejected_release':'%1$s','split':'%2$s','source':'user','group':'%3$s','rater':'rater-0','at':'2026-05-01T10:00:00Z'}"
                                .formatted(release, splitOf("rater-0"), groupOf("rater-0"))
                                .replace('\'', '"'),
                        "{'id':'p3','prompt':[{'role':'system','content':'Be kind.'},{'role':'user','content':'Hi'},{'role':'assistant','content':'Hello!'},{'role':'user','content':'Bye'}],'chosen':[{'role':'assistant','content':'Good bye!'}],'rejected':[{'role':'assistant','content':'?'}],'margin':0.0,'chosen_release':null,'rejected_release':'%s','split':'%s','source':'user','group':'%s','rater':'r1','at':'2026-06-01T10:00:00Z'}"
                                .formatted(release, splitOf("r1"), groupOf("r1"))
                                .replace('\'', '"'));
        assertThat(exported.rows()).isEqualTo(2);
        assertThat(exported.leftOut())
                .containsOnly(
                        entry(Reason.TIES, 1L),
                        entry(Reason.WITHOUT_TEXT, 2L),
                        entry(Reason.OTHER_KINDS, 4L));
    }

    @Test
    void importedOnesHaveTheirOwnSourceAndBringTheirPrompt() throws IOException {
        Example imported =
                new Example.Rated(
                        "i1",
                        List.of(),
                        new Response("Blue.", null, null),
                        1,
                        new Example.Provenance(
                                List.of("f"), "r9", RaterKind.IMPORTED, Split.TRAIN, MAY),
                        List.of(new Message("user", "Sky?")));

        ExampleExport.Exported exported =
                export.write(
                        ExampleQuery.parse(
                                Map.of("format", List.of("kto"), "source", List.of("imported"))),
                        visitor -> {
                            forEach(visitor);
                            visitor.visit(
                                    new String(
                                            EventCodec.encode(imported), StandardCharsets.UTF_8));
                        });

        assertThat(Files.readAllLines(exported.file()))
                .singleElement()
                .asString()
                .contains("\"prompt\":[{\"role\":\"user\",\"content\":\"Sky?\"}]")
                .contains("\"source\":\"imported\"");
    }

    @Test
    void thumbsAreTrlsUnpairedPreferences() throws IOException {
        ExampleExport.Exported exported = export("format", "kto");

        assertThat(lines(exported))
                .extracting(line -> JSON.readTree(line).path("label").asBoolean())
                .containsExactly(true, false);
        assertThat(JSON.readTree(lines(exported).getFirst()).properties())
                .extracting(Map.Entry::getKey)
                .startsWith("id", "prompt", "completion", "label", "score", "release");
        assertThat(JSON.readTree(lines(exported).getFirst()).path("completion"))
                .isEqualTo(JSON.readTree("[{\"role\":\"assistant\",\"content\":\"Wuff.\"}]"));
        assertThat(exported.leftOut())
                .containsOnly(entry(Reason.NEUTRAL, 1L), entry(Reason.OTHER_KINDS, 6L));
    }

    @Test
    void demonstrationsAreWholeConversations() throws IOException {
        assertThat(lines(export("format", "sft")))
                .extracting(line -> JSON.readTree(line).path("messages"))
                .containsExactly(
                        JSON.readTree(
                                """
                                [{"role":"system","content":"Be kind."},{"role":"user","content":"Hi"},
                                 {"role":"assistant","content":"Hello!"},{"role":"user","content":"Bye"},
                                 {"role":"assistant","content":"Good bye!"}]
                                """));
    }

    @Test
    void rawIsEveryEventAsItWasWrittenUnderTheHashOfTheDataset() throws IOException {
        ExampleExport.Exported exported = export("format", "raw");

        DatasetHash hash = new DatasetHash();
        bodies().forEach(hash::add);
        assertThat(lines(exported)).isEqualTo(bodies());
        assertThat(exported.hash()).isEqualTo(hash.hex());
        assertThat(exported.leftOut()).isEmpty();
    }

    @Test
    void theHashIsOverTheRowsOnly() throws IOException {
        DatasetHash hash = new DatasetHash();
        hash.add(bodies().get(0));
        hash.add(bodies().get(2));

        assertThat(export("format", "preference").hash()).isEqualTo(hash.hex());
        assertThat(export("format", "preference", "as", "parquet").hash())
                .isEqualTo(export("format", "preference").hash());
    }

    @Test
    void filtersLeaveOutWithoutCounting() throws IOException {
        assertThat(ids("since", "2026-06-01T10:00:00Z")).containsExactly("p3", "u1");
        assertThat(ids("until", "2026-06-01T10:00:00Z"))
                .containsExactly("p1", "p2", "p4", "p5", "t1", "t2", "t3");
        assertThat(ids("release", "r9-00000000")).containsExactly("p5");
        assertThat(ids("source", "labeler")).isEmpty();
        assertThat(ids("source", "user")).hasSize(9);
        assertThat(ids("split", splitOf("r1"), "group", groupOf("r1"))).contains("p3", "t2");
        assertThat(export("format", "preference", "since", "2026-06-01T00:00:00Z").leftOut())
                .containsOnly(entry(Reason.OTHER_KINDS, 1L));
    }

    @Test
    void parquetHasTheSameRows() throws IOException, SQLException {
        for (String format : List.of("preference", "kto", "sft", "raw")) {
            assertThat(export("format", format, "as", "parquet").rows())
                    .as(format)
                    .isEqualTo(export("format", format).rows());
        }

        assertThat(
                        read(
                                export("format", "preference", "as", "parquet"),
                                "id, prompt[1].role, prompt[-1].content, chosen[1].content, rejected[1].content, margin, chosen_release, epoch(\"at\")"))
                .containsExactly(
                        "p1 user A dog 🐕? No. Wuff. 0.5 " + release + " 1.7776296E9",
                        "p3 system Bye Good bye! ? 0.0 null 1.780308E9");
        assertThat(read(export("format", "kto", "as", "parquet"), "id, label"))
                .containsExactly("t1 true", "t2 false");
        assertThat(
                        read(
                                export("format", "raw", "as", "parquet", "release", "r9-00000000"),
                                "kind, event"))
                .containsExactly("preference " + bodies().get(4));
        assertThat(read(export("as", "parquet", "source", "webhook"), "id")).isEmpty();
    }

    @Test
    void theCardCountsAndNamesTheDataset() throws IOException {
        ExampleFilter june =
                ExampleQuery.parseFilter(Map.of("since", List.of("2026-05-15T00:00:00Z")));
        String split = splitOf("r1");

        String card = DatasetCard.of(june, this::forEach).markdown("examples.v1/0=9");

        DatasetHash hash = new DatasetHash();
        hash.add(bodies().get(2));
        hash.add(bodies().get(8));
        assertThat(card)
                .startsWith("---\npretty_name: Thumbwheel examples\n")
                .contains("size_categories:\n- n<1K\nconfigs:\n- config_name: sft\n")
                .contains("  - split: %1$s\n    path: preference/%1$s.jsonl\n".formatted(split))
                .contains("| examples | 2 |\n")
                .contains("| given | 2026-06-01T10:00:00Z to 2026-06-01T10:00:00Z |\n")
                .contains("`" + hash.hex() + "`", "`examples.v1/0=9`")
                .contains("| preference | preference | ", "| demonstration | sft | ")
                .contains("| %s | 1 |\n".formatted(release), "| user | 2 |\n");
        assertThat(DatasetCard.of(june, _ -> {}).markdown("")).contains("| examples | 0 |");
    }

    @Test
    void whatAnEarlierProcessLeftIsDeleted() throws IOException {
        Path left = Files.createFile(folder.resolve("exports/export1.jsonl"));

        export = new ExampleExport(folder.resolve("exports"), store);

        assertThat(left).doesNotExist();
    }

    private List<String> ids(String... filter) throws IOException {
        List<String> query = new ArrayList<>(List.of("format", "raw"));
        query.addAll(Arrays.asList(filter));
        return lines(export(query.toArray(String[]::new))).stream()
                .map(line -> ExampleExport.exampleOf(line).id())
                .toList();
    }

    private ExampleExport.Exported export(String... query) throws IOException {
        Map<String, List<String>> parameters = new HashMap<>();
        for (int i = 0; i < query.length; i += 2) {
            parameters.put(query[i], List.of(query[i + 1]));
        }
        return export.write(ExampleQuery.parse(parameters), this::forEach);
    }

    private void forEach(ExampleExport.Visitor visitor) throws IOException {
        for (String body : bodies()) {
            visitor.visit(body);
        }
    }

    private List<String> bodies() {
        return examples().stream()
                .map(example -> new String(EventCodec.encode(example), StandardCharsets.UTF_8))
                .toList();
    }

    private static List<String> lines(ExampleExport.Exported exported) throws IOException {
        return Files.readAllLines(exported.file());
    }

    private static List<String> read(ExampleExport.Exported exported, String columns)
            throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection duckdb = new DuckDBDriver().connect("jdbc:duckdb:", new Properties());
                Statement statement = duckdb.createStatement();
                ResultSet found =
                        statement.executeQuery(
                                "SELECT %s FROM '%s'".formatted(columns, exported.file()))) {
            while (found.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
                    row.add(String.valueOf(found.getObject(i)));
                }
                rows.add(String.join(" ", row));
            }
        }
        return rows;
    }

    private Response said(String text) {
        return new Response(text, List.of(30, 2), release);
    }

    private static Response wrote(String text) {
        return new Response(text, null, null);
    }

    private static Example.Provenance by(String rater, Instant at) {
        return new Example.Provenance(
                List.of("f"), rater, RaterKind.USER, Split.ofRater(rater), at);
    }

    private static String splitOf(String rater) {
        return ExampleQuery.nameOf(Split.ofRater(rater));
    }

    private static String groupOf(String rater) {
        return ExampleQuery.nameOf(RaterGroup.of(by(rater, MAY)));
    }
}
