package io.thumbwheel.trainer.data;

import io.thumbwheel.schemas.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// What the seed policy is trained on: open text, cleaned, with some of it held out.
///
/// Shares of the stream in tokens: 55 % stories, 25 % story tasks as conversations, 12 % small
/// talk, 8 % easy passages of children's books.
final class Recipe {
    private static final int HELD_OUT_STORIES = 200;
    private static final int HELD_OUT_CONVERSATIONS = 80;
    private static final int VOCABULARY = 4_096;
    private static final int LIMIT = 45;

    private final List<String> stories;
    private final List<String> heldOutStories;
    private final List<List<String>> conversations;
    private final List<List<String>> heldOutConversations;
    private final List<String> passages;
    private final Tokenizer tokenizer;
    private final StoryTasks tasks;
    private final SmallTalk talk;
    private final NameSwap names;

    private Recipe(
            List<String> allStories,
            List<List<String>> allConversations,
            List<String> passages,
            RandomGenerator random)
            throws IOException {
        var order = new ArrayList<>(IntStream.range(0, allStories.size() / 3).boxed().toList());
        Collections.shuffle(order, Random.from(random));
        Set<Integer> heldOut =
                new HashSet<>(order.subList(0, Math.min(HELD_OUT_STORIES, order.size() / 2)));
        this.heldOutStories = new ArrayList<>();
        this.stories = new ArrayList<>();
        for (int i = 0; i < allStories.size(); i++) {
            (heldOut.contains(i) ? heldOutStories : stories).add(allStories.get(i));
        }
        int kept =
                allConversations.size()
                        - Math.min(HELD_OUT_CONVERSATIONS, allConversations.size() / 2);
        this.conversations = allConversations.subList(0, kept);
        this.heldOutConversations = allConversations.subList(kept, allConversations.size());
        this.passages = passages;
        this.tokenizer = draftTokenizer();
        this.tasks = new StoryTasks(tokenizer, stories);
        this.talk = new SmallTalk(tokenizer);
        this.names = new NameSwap(stories);
    }

    /// Reads the open text.
    ///
    /// @param folder has `tinystories-subset`, `synthetic-persona-chat`, `storybooks` and
    ///   `fairytaleqa`
    static Recipe read(Path folder, long seed) throws IOException {
        List<String> stories = TinyStories.read(folder.resolve("tinystories-subset"));
        Path persona = folder.resolve("synthetic-persona-chat");
        List<List<String>> conversations = new ArrayList<>();
        for (String file : List.of("valid.csv", "test.csv")) {
            conversations.addAll(PersonaChat.read(persona.resolve(file)));
        }
        List<String> passages =
                new EasyBooks(stories)
                        .read(
                                folder.resolve("storybooks"),
                                folder.resolve("fairytaleqa/section-stories"));
        return new Recipe(stories, conversations, passages, new SplittableRandom(seed));
    }

    /// A tokenizer of the size that will be trained on the stream, to keep lengths within limits.
    private Tokenizer draftTokenizer() throws IOException {
        var training = new PairTraining();
        stories.forEach(training::add);
        conversations.forEach(turns -> turns.forEach(training::add));
        Path folder = Files.createTempDirectory("draft-tokenizer");
        TokenizerFiles.write(training.train(TokenizerFiles.merges(VOCABULARY)), 256, folder);
        Tokenizer draft = Tokenizer.load(folder.resolve("tokenizer.json"));
        for (String file : List.of("tokenizer.json", "tokenizer_config.json")) {
            Files.delete(folder.resolve(file));
        }
        Files.delete(folder);
        return draft;
    }

    /// The tokens of a document, with those that the chat template adds.
    int tokens(Document document) {
        int text = document.texts().stream().mapToInt(t -> tokenizer.encode(t).size()).sum();
        return switch (document) {
            case Document.Text _ -> text + 2;
            case Document.Conversation(var messages, var _) -> text + 1 + messages.size() * 3 / 2;
        };
    }

    /// The endless training stream; the same seed gives the same stream.
    TrainingMix stream(long seed) {
        var random = new SplittableRandom(seed);
        RandomGenerator forStories = random.split();
        RandomGenerator forTasks = random.split();
        RandomGenerator forTalk = random.split();
        return new TrainingMix()
                .add(
                        0.55,
                        TrainingMix.passes(
                                stories,
                                forStories,
                                s ->
                                        Optional.of(
                                                new Document.Text(
                                                        names.apply(s, forStories), "story"))))
                .add(0.14, tasks(stories, forTasks, true))
                .add(0.11, tasks(stories, forTasks, false))
                .add(0.118, TrainingMix.passes(conversations, forTalk, c -> talk(c, forTalk)))
                .add(0.002, TrainingMix.passes(SmallTalk.greetings(), forTalk, Optional::of))
                .add(
                        0.08,
                        TrainingMix.passes(
                                passages,
                                random.split(),
                                p -> Optional.of(new Document.Text(p, "book"))));
    }

    private TrainingMix.Documents tasks(List<String> from, RandomGenerator random, boolean finish) {
        return TrainingMix.passes(
                from,
                random,
                s -> {
                    String story = names.apply(s, random);
                    return finish ? tasks.finish(story, random) : tasks.tell(story, random);
                });
    }

    private Optional<Document.Conversation> talk(List<String> turns, RandomGenerator random) {
        return random.nextDouble() < 0.75
                ? talk.window(turns, random)
                : talk.exchange(turns, random);
    }

    /// The examples of supervised fine-tuning: single answers, of every task, within the limits.
    /// Stories that are asked for get other topics, and half of the stories to finish have just
    /// begun, as in a chat.
    Stream<Document> fineTuning(int count, long seed) {
        var random = new SplittableRandom(seed + 1);
        var mix =
                new TrainingMix()
                        .add(0.21, tasks(stories, random, true))
                        .add(
                                0.21,
                                TrainingMix.passes(
                                        stories,
                                        random,
                                        s -> tasks.open(names.apply(s, random), random)))
                        .add(
                                0.43,
                                TrainingMix.passes(
                                        stories,
                                        random,
                                        s ->
                                                tasks.tell(names.apply(s, random), random)
                                                        .flatMap(c -> TopicSwap.focus(c, random))
                                                        .map(c -> TopicSwap.apply(c, random))))
                        .add(
                                0.13,
                                TrainingMix.passes(
                                        conversations, random, c -> shortTalk(c, random)))
                        .add(0.02, TrainingMix.passes(SmallTalk.greetings(), random, Optional::of));
        return Stream.generate(() -> mix.next(this::tokens)).limit(count);
    }

    private Optional<Document.Conversation> shortTalk(List<String> turns, RandomGenerator random) {
        return talk.exchange(turns, random)
                .filter(c -> tokens(c) - tokenizer.encode(c.texts().getLast()).size() < LIMIT);
    }

    Stream<Document> heldOutStories() {
        return heldOutStories.stream().map(s -> new Document.Text(s, "story"));
    }

    Stream<Document> heldOutConversations(long seed) {
        var random = new SplittableRandom(seed + 2);
        return heldOutConversations.stream().flatMap(c -> talk.window(c, random).stream());
    }

    /// Tasks of held-out stories, without other names.
    Stream<Document.Conversation> heldOutTasks(long seed) {
        var random = new SplittableRandom(seed + 3);
        return heldOutStories.stream()
                .flatMap(s -> Stream.of(tasks.finish(s, random), tasks.tell(s, random)))
                .flatMap(Optional::stream);
    }

    /// What was read, in words.
    String summary() {
        return "%,d stories and %d held out, %,d conversations and %d held out, %,d book passages, %d topics"
                .formatted(
                        stories.size(),
                        heldOutStories.size(),
                        conversations.size(),
                        heldOutConversations.size(),
                        passages.size(),
                        tasks.topicCount());
    }
}
