package io.thumbwheel.trainer.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.schemas.event.Example;
import io.thumbwheel.schemas.event.Example.Outcome;
import io.thumbwheel.schemas.event.Example.Response;
import io.thumbwheel.schemas.event.FeedbackGiven.RaterKind;
import io.thumbwheel.schemas.event.Message;
import io.thumbwheel.schemas.event.Split;
import io.thumbwheel.schemas.text.ChatTemplate;
import io.thumbwheel.trainer.reward.PreferenceData;
import io.thumbwheel.trainer.store.TinyPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WrittenTextTest {
    private static final List<Message> ASKED = List.of(new Message("user", "hi"));

    @TempDir private Path folder;
    private ChatTemplate template;
    private WrittenText text;
    private int context;

    @BeforeEach
    void open() throws IOException {
        Path policy = TinyPolicy.write(folder.resolve("policy"), 1);
        template = ChatTemplate.load(policy);
        text = WrittenText.of(policy);
        context = ModelConfig.read(policy).context();
    }

    @Test
    void anImportIsReadAsTheModelWouldHaveSampledIt() {
        Example.Preference read =
                (Example.Preference) text.asIds(List.of(imported("Yes. ", "No."))).getFirst();

        assertThat(read.promptIds()).isEqualTo(template.prompt(ASKED));
        assertThat(read.a().tokenIds()).isEqualTo(answer("Yes."));
        assertThat(read.b().tokenIds()).isEqualTo(answer("No."));
        assertThat(PreferenceData.of(List.of(read), Map.of()).shares()).isNotEmpty();
    }

    @Test
    void aCorrectionIsReadAndTheOriginalKeepsItsIds() {
        Response original = new Response("Wuff.", List.of(30, 2), "r0-00000000");
        Example.Preference correction =
                new Example.Preference(
                        "c",
                        List.of(1, 3, 20, 4),
                        new Response("Woof.", null, null),
                        original,
                        Outcome.A,
                        0,
                        by());

        Example.Preference read = (Example.Preference) text.asIds(List.of(correction)).getFirst();

        assertThat(read.promptIds()).containsExactly(1, 3, 20, 4);
        assertThat(read.a().tokenIds()).isEqualTo(answer("Woof."));
        assertThat(read.b()).isEqualTo(original);
    }

    @Test
    void whatThePlatformServedStaysAsItIs() {
        Example served = Records.preference("s", Outcome.A, Split.TRAIN);
        Example demonstration =
                new Example.Demonstration("d", List.of(1), new Response("Woof.", null, null), by());

        assertThat(text.asIds(List.of(served, demonstration)))
                .containsExactly(served, demonstration);
    }

    @Test
    void whatIsTooLongOrOutOfOrderIsLeftOut() {
        Example tooLong = imported("Yes.", "x".repeat(context + 1));

        assertThat(text.asIds(List.of(tooLong, imported("Yes.", "No.")))).hasSize(1);
    }

    private List<Integer> answer(String said) {
        List<Integer> ids = new ArrayList<>(template.tokenizer().encode(said));
        ids.add(template.eos());
        return ids;
    }

    private static Example imported(String a, String b) {
        return new Example.Preference(
                "i",
                List.of(),
                new Response(a, null, null),
                new Response(b, null, null),
                Outcome.A,
                0,
                by(),
                ASKED);
    }

    private static Example.Provenance by() {
        return new Example.Provenance(
                List.of("f"),
                "rater",
                RaterKind.IMPORTED,
                Split.TRAIN,
                Instant.parse("2026-05-01T10:00:00Z"));
    }
}
