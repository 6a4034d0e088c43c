package io.thumbwheel.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.thumbwheel.schemas.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CorpusRecipeTest {
    private static final String STORY =
            "Once upon a time, there was a dog named Tim. Tim had a ball. \"Let's play!\" said Tim."
                    + " Lily saw the dog. They played all day. They were happy.";

    @TempDir private Path folder = Path.of("");

    private Tokenizer byteTokenizer() throws IOException {
        TokenizerFiles.write(List.of(), 64, folder);
        return Tokenizer.load(folder.resolve("tokenizer.json"));
    }

    @Test
    void sentencesKeepSpeechTogether() {
        assertThat(Sentences.of(STORY))
                .containsExactly(
                        "Once upon a time, there was a dog named Tim.",
                        "Tim had a ball.",
                        "\"Let's play!\" said Tim.",
                        "Lily saw the dog.",
                        "They played all day.",
                        "They were happy.");
        assertThat(Sentences.of("\"I am Mr. Bear. Hello!\" he said. He sat."))
                .containsExactly("\"I am Mr. Bear. Hello!\" he said.", "He sat.");
    }

    @Test
    void brokenEncodingsAreRepaired() {
        assertThat(Sentences.repair("Itâ€™s  “good”…\n\n \nYes"))
                .isEqualTo("It's \"good\"...\nYes");
    }

    @Test
    void truecasingFollowsTheProperStories() {
        String proper =
                "We saw Lily and her dog. Then Lily said hi. I like Lily. My mom came. Hi, Mom, he said.";
        var truecaser = new Truecaser(List.of(proper, proper, proper));

        assertThat(
                        truecaser.apply(
                                "one day lily met a bear named gruff. \"hi!\" said lily. then i saw my"
                                        + " mom and gruff."))
                .isEqualTo(
                        "One day Lily met a bear named Gruff. \"Hi!\" said Lily. Then I saw my mom"
                                + " and Gruff.");
    }

    @Test
    void namesChangeTogetherAndNicknamesStay() {
        var names = new NameSwap(List.of(STORY, "Tom met Anna. Ben met Mia.", "Sam met Lucy."));
        var seen = new HashSet<String>();
        for (int seed = 0; seed < 40; seed++) {
            String swapped = names.apply(STORY, new SplittableRandom(seed));
            seen.add(swapped);
            String name = swapped.replaceAll("(?s).*named (\\w+)\\..*", "$1");
            assertThat(ChildNames.BOYS).contains(name);
            assertThat(swapped).contains(name + " had a ball.", "said " + name + ".");
        }
        assertThat(seen).hasSizeGreaterThan(5);

        String both = "Tim and Timmy ran home.";
        assertThat(names.apply(both, new SplittableRandom(1))).isEqualTo(both);
    }

    @Test
    void tasksAreWholeSentencesWithinTheLimits() throws IOException {
        Tokenizer tokenizer = byteTokenizer();
        var stories = new ArrayList<String>();
        for (int i = 0; i < 40; i++) {
            stories.add("He saw the dog. It ran off. He hid. He ate. " + i + " of us sat.");
        }
        var tasks = new StoryTasks(tokenizer, stories);
        int finished = 0;
        for (int seed = 0; seed < 60; seed++) {
            Optional<Document.Conversation> task =
                    tasks.finish(stories.getFirst(), new SplittableRandom(seed));
            if (task.isPresent()) {
                finished++;
                List<String> texts = task.get().texts();
                assertThat(tokenizer.encode(texts.get(0)))
                        .hasSizeLessThanOrEqualTo(StoryTasks.PROMPT_TOKENS);
                assertThat(tokenizer.encode(texts.get(1)))
                        .hasSizeLessThanOrEqualTo(StoryTasks.ANSWER_TOKENS);
                assertThat(stories.getFirst()).contains(texts.get(1));
            }
        }
        assertThat(finished).isGreaterThan(30);

        Document.Conversation tell =
                tasks.tell(stories.getFirst(), new SplittableRandom(3)).orElseThrow();
        assertThat(tell.texts().get(0)).contains("a dog");
        assertThat(tell.texts().get(1)).contains("the dog");
    }

    @Test
    void topicsChangeInRequestAndAnswer() {
        var asked =
                Document.Conversation.of(
                        "Tell me a story about an elephant.",
                        "An elephant sat. The elephant slept.",
                        "tell");

        var swapped = TopicSwap.apply(asked, new SplittableRandom(4));

        String animal = swapped.texts().get(0).replaceAll(".* an? (\\w+)\\.", "$1");
        assertThat(animal).isNotEqualTo("elephant");
        assertThat(swapped.texts().get(1))
                .matches("An? " + animal + " sat. The " + animal + " slept.");
        var telling = Document.Conversation.of("A story about a dog.", "The dog barked.", "tell");
        assertThat(TopicSwap.apply(telling, new SplittableRandom(4))).isEqualTo(telling);
    }

    @Test
    void sourcesKeepTheirShares() {
        var random = new SplittableRandom(1);
        var mix =
                new TrainingMix()
                        .add(
                                0.75,
                                TrainingMix.passes(
                                        List.of("aaaa", "bb"), random, CorpusRecipeTest::text))
                        .add(
                                0.25,
                                TrainingMix.passes(List.of("ccc"), random, CorpusRecipeTest::text));
        int[] letters = new int[2];
        for (int i = 0; i < 1_000; i++) {
            String text = mix.next(d -> d.texts().getFirst().length()).texts().getFirst();
            letters[text.startsWith("c") ? 1 : 0] += text.length();
        }

        assertThat((double) letters[1] / (letters[0] + letters[1])).isBetween(0.248, 0.252);
    }

    private static Optional<Document> text(String text) {
        return Optional.of(new Document.Text(text, "test"));
    }

    @Test
    void quotedFieldsOfCsvKeepCommasAndLines() {
        assertThat(PersonaChat.rows("a,\"b, \"\"c\"\"\nd\"\ne,f\n"))
                .containsExactly(List.of("a", "b, \"c\"\nd"), List.of("e", "f"));
    }

    @Test
    void placeholdersCutAConversation() throws IOException {
        Path csv = folder.resolve("chat.csv");
        Files.writeString(
                csv,
                "one,two,chat\nx,y,\"User 1: Hi!\nUser 2: I am [User 2's name].\nUser 1: Nice.\nUser 2:"
                        + " Yes.\nUser 1: Bye.\"\n");

        assertThat(PersonaChat.read(csv)).containsExactly(List.of("Nice.", "Yes.", "Bye."));
    }

    @Test
    void promptsDifferAndRepeatWithTheSeed() {
        List<PromptGrammar.Prompt> prompts =
                new PromptGrammar(new SplittableRandom(5)).prompts(500);

        assertThat(new HashSet<>(prompts)).hasSize(500);
        assertThat(prompts).isEqualTo(new PromptGrammar(new SplittableRandom(5)).prompts(500));
        assertThat(prompts).allMatch(p -> p.text().length() < 130 && !p.text().contains("%"));
    }
}
