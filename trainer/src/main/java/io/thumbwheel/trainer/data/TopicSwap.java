package io.thumbwheel.trainer.data;

import io.thumbwheel.schemas.event.Message;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Gives a story that was asked for another animal or thing, in the request and in the answer: the
/// policy has to read what it is asked about, since the rest of the story does not tell.
final class TopicSwap {
    private static final List<String> ANIMALS =
            Stream.concat(StoryTopics.ANIMALS.stream(), StoryTopics.OTHER_ANIMALS.stream())
                    .toList();
    private static final Pattern TELLING =
            Pattern.compile(
                    "\\b(bark|meow|woof|quack|roar|neigh|moo|chirp|tweet|purr|wing|flew|fly|nest|swam"
                            + "|swim|hop|bounce|read|page|wear|wore|eat|ate|sail|ride|rode|tasty"
                            + "|yummy|delicious|grow|grew|petal|throw|threw|catch)");

    private static final double OTHER_TOPICS = 0.05;

    private TopicSwap() {}

    /// The story with a request that names an animal or a thing of it; of stories without one, few
    /// are left, since places and people are in every story.
    static Optional<Document.Conversation> focus(
            Document.Conversation conversation, RandomGenerator random) {
        String answer = conversation.messages().getLast().content();
        List<String> topics =
                Stream.concat(ANIMALS.stream(), StoryTopics.THINGS.stream())
                        .filter(t -> has(answer, t))
                        .toList();
        if (topics.isEmpty()) {
            boolean unnamed = !conversation.messages().getFirst().content().contains(" named ");
            return unnamed && random.nextDouble() < OTHER_TOPICS
                    ? Optional.of(conversation)
                    : Optional.empty();
        }
        String topic = topics.get(random.nextInt(topics.size()));
        String phrase = StoryTasks.withArticle(topic);
        Matcher named = Pattern.compile("\\b" + topic + " named [A-Z]\\w+").matcher(answer);
        if (named.find() && random.nextDouble() < 0.4) {
            phrase = phrase.replace(topic, named.group());
        } else if (topics.size() > 1 && random.nextDouble() < 0.4) {
            String other = topics.get((topics.indexOf(topic) + 1) % topics.size());
            phrase += " and " + StoryTasks.withArticle(other);
        }
        return Optional.of(
                Document.Conversation.of(
                        StoryTasks.ask(phrase, random.nextInt(8)), answer, conversation.source()));
    }

    /// The conversation with its topic exchanged, or as it is where the text would tell the topic.
    static Document.Conversation apply(Document.Conversation conversation, RandomGenerator random) {
        Message request = conversation.messages().getFirst();
        String answer = conversation.messages().getLast().content();
        if (TELLING.matcher(answer).find()) {
            return conversation;
        }
        for (List<String> kind : List.of(ANIMALS, StoryTopics.THINGS)) {
            Optional<String> topic =
                    kind.stream()
                            .filter(t -> has(request.content(), t) && has(answer, t))
                            .findFirst();
            if (topic.isPresent()) {
                String other = kind.get(random.nextInt(kind.size()));
                boolean free = !has(answer, other) && !has(request.content(), other);
                boolean plural = has(answer, topic.get() + "s") || has(answer, topic.get() + "es");
                return free && !plural
                        ? Document.Conversation.of(
                                exchange(request.content(), topic.get(), other),
                                exchange(answer, topic.get(), other),
                                conversation.source())
                        : conversation;
            }
        }
        return conversation;
    }

    private static boolean has(String text, String word) {
        return Pattern.compile("\\b(?i:" + word + ")\\b").matcher(text).find();
    }

    private static String exchange(String text, String from, String to) {
        String upper = Character.toUpperCase(from.charAt(0)) + from.substring(1);
        String upperTo = Character.toUpperCase(to.charAt(0)) + to.substring(1);
        String swapped =
                text.replaceAll("\\b" + from + "\\b", Matcher.quoteReplacement(to))
                        .replaceAll("\\b" + upper + "\\b", Matcher.quoteReplacement(upperTo));
        String article = "aeiou".indexOf(to.charAt(0)) >= 0 ? "n " : " ";
        return swapped.replaceAll("\\b([Aa])n? (?=" + to + "\\b)", "$1" + article);
    }
}
