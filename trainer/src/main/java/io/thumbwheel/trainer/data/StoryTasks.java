package io.thumbwheel.trainer.data;

import io.thumbwheel.schemas.text.Tokenizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The two story tasks of the seed policy, made from any story: *finish* a story in one to three
/// sentences, and *tell* a very short one about a topic.
final class StoryTasks {
    /// Longest prompt and answer in tokens, without what the chat template adds.
    static final int PROMPT_TOKENS = 39;

    static final int ANSWER_TOKENS = 44;

    private static final List<String> FINISH =
            List.of(
                    "%s",
                    "%s",
                    "%s",
                    "Finish this story: %s",
                    "Finish the story. %s",
                    "What happens next? %s",
                    "%s What happens next?",
                    "Go on: %s",
                    "How does this story end? %s",
                    "Please finish: %s");
    private static final List<String> TELL_ONE =
            List.of(
                    "Tell me a very short story about %s.", "Tell me a story about %s.",
                    "A short story about %s, please.", "Can you tell me a story about %s?",
                    "Write a tiny story about %s.", "I want to hear a story about %s.",
                    "Please tell a story about %s.", "Tell a short story with %s in it.");
    private static final Pattern NOUN =
            Pattern.compile(
                    "\\b(?:an?|the|her|his|my) ([a-z]{3,12})(?=[.,!?]| (?:and|was|were|in|on|to|with|that|who|had"
                            + "|for|of|at|is|named|from|but|so|said|went|saw|called|near|under)\\b)");
    private static final Set<String> NOT_TOPICS =
            Set.of(
                    "same",
                    "other",
                    "way",
                    "end",
                    "time",
                    "lot",
                    "day",
                    "moral",
                    "rest",
                    "next",
                    "best",
                    "most",
                    "little",
                    "middle",
                    "top",
                    "side",
                    "first",
                    "last",
                    "big",
                    "small",
                    "new",
                    "old",
                    "one",
                    "good",
                    "while",
                    "few",
                    "long",
                    "bit",
                    "inside",
                    "back",
                    "bottom",
                    "front",
                    "edge",
                    "name",
                    "head",
                    "face",
                    "hand",
                    "hands",
                    "eyes",
                    "mouth",
                    "idea",
                    "place",
                    "thing",
                    "things",
                    "others",
                    "morning",
                    "night",
                    "air",
                    "ground",
                    "own",
                    "left",
                    "right",
                    "outside",
                    "part",
                    "kind",
                    "voice",
                    "arms",
                    "home",
                    "hug",
                    "smile",
                    "heart",
                    "feet",
                    "family",
                    "children",
                    "kids",
                    "door",
                    "sky",
                    "world",
                    "wall",
                    "fun",
                    "sound",
                    "rush",
                    "problem",
                    "reason",
                    "chance",
                    "turn",
                    "help");
    private static final int TOPIC_STORIES = 40;
    private static final int LONGEST_ENDING = 9;

    private final Tokenizer tokenizer;
    private final Set<String> topics;

    StoryTasks(Tokenizer tokenizer, List<String> stories) {
        this.tokenizer = tokenizer;
        Map<String, Integer> counts = new HashMap<>();
        for (String story : stories) {
            new HashSet<>(nouns(story)).forEach(n -> counts.merge(n, 1, Integer::sum));
        }
        topics = new HashSet<>();
        counts.forEach((noun, count) -> {
            if (count >= TOPIC_STORIES && !NOT_TOPICS.contains(noun)) {
                topics.add(noun);
            }
        });
    }

    private static List<String> nouns(String text) {
        var nouns = new ArrayList<String>();
        Matcher matcher = NOUN.matcher(text);
        while (matcher.find()) {
            nouns.add(matcher.group(1));
        }
        return nouns;
    }

    /// How many nouns stories may be asked about.
    int topicCount() {
        return topics.size();
    }

    private boolean fits(String text, int limit) {
        return tokenizer.encode(text).size() <= limit;
    }

    /// A window of a story: one to three sentences as the prompt, the next one to three as the
    /// answer.
    Optional<Document.Conversation> finish(String story, RandomGenerator random) {
        List<String> sentences = Sentences.of(story);
        if (sentences.size() < 3) {
            return Optional.empty();
        }
        int wanted = 1 + random.nextInt(3);
        boolean atEnd = random.nextDouble() < 0.4;
        int from =
                atEnd
                        ? Math.max(1, sentences.size() - wanted)
                        : 1 + random.nextInt(sentences.size() - 1);
        String answer = following(sentences, from, wanted);
        String template = FINISH.get(random.nextInt(FINISH.size()));
        String prompt = "";
        int most = 1 + random.nextInt(3);
        for (int first = from - 1; first >= Math.max(0, from - most); first--) {
            String longer = String.join(" ", sentences.subList(first, from));
            if (!fits(template.formatted(longer), PROMPT_TOKENS)) {
                break;
            }
            prompt = longer;
        }
        if (answer.isEmpty() || prompt.isEmpty() || !Sentences.balanced(prompt)) {
            return Optional.empty();
        }
        return Optional.of(Document.Conversation.of(template.formatted(prompt), answer, "finish"));
    }

    /// The first one or two sentences of a story as the prompt; the next ones and, where there is
    /// room, the story's last sentence as the answer.
    Optional<Document.Conversation> open(String story, RandomGenerator random) {
        List<String> sentences = Sentences.of(story);
        int given = 1 + random.nextInt(2);
        if (sentences.size() < given + 3) {
            return Optional.empty();
        }
        String template = FINISH.get(random.nextInt(FINISH.size()));
        String prompt = template.formatted(String.join(" ", sentences.subList(0, given)));
        String answer = brief(sentences.subList(given, sentences.size()), random);
        return answer.isEmpty() || !fits(prompt, PROMPT_TOKENS) || !Sentences.balanced(prompt)
                ? Optional.empty()
                : Optional.of(Document.Conversation.of(prompt, answer, "finish"));
    }

    private String following(List<String> sentences, int from, int wanted) {
        String answer = "";
        for (int to = from + 1; to <= Math.min(sentences.size(), from + wanted); to++) {
            String longer = String.join(" ", sentences.subList(from, to));
            if (!fits(longer, ANSWER_TOKENS)) {
                break;
            }
            answer = longer;
        }
        return Sentences.balanced(answer) ? answer : "";
    }

    /// A request for a story about one or two topics of its first sentences, and the story in
    /// brief: its opening and, where there is room, its last sentence.
    Optional<Document.Conversation> tell(String story, RandomGenerator random) {
        List<String> sentences = Sentences.of(story);
        if (sentences.size() < 4) {
            return Optional.empty();
        }
        String answer = brief(sentences, random);
        List<String> found =
                nouns(answer).stream().filter(topics::contains).distinct().limit(3).toList();
        if (answer.isEmpty() || found.isEmpty()) {
            return Optional.empty();
        }
        String topic = withArticle(found.get(random.nextInt(found.size())));
        if (found.size() > 1 && random.nextDouble() < 0.3) {
            topic = withArticle(found.get(0)) + " and " + withArticle(found.get(1));
        }
        if (random.nextDouble() < 0.15) {
            Matcher name = Pattern.compile("\\bnamed ([A-Z][a-z]+)").matcher(answer);
            topic = name.find() ? topic + " named " + name.group(1) : topic;
        }
        String prompt = TELL_ONE.get(random.nextInt(TELL_ONE.size())).formatted(topic);
        return Optional.of(Document.Conversation.of(prompt, answer, "tell"));
    }

    private String brief(List<String> sentences, RandomGenerator random) {
        boolean withEnding = random.nextDouble() < 0.6;
        if (withEnding) {
            String ending = sentences.getLast();
            for (int given = 3; given >= 1; given--) {
                String opening = String.join(" ", sentences.subList(0, given));
                String brief = opening + ' ' + ending;
                if (given < sentences.size()
                        && fits(brief, ANSWER_TOKENS)
                        && Sentences.balanced(brief)
                        && closes(opening, ending)) {
                    return brief;
                }
            }
        }
        return following(sentences, 0, 4);
    }

    /// Whether an ending can stand right after the opening: a short sentence of its own that tells
    /// of nobody and nothing new. A model that learns from jumps jumps.
    private static boolean closes(String opening, String ending) {
        String[] words = ending.split("[^A-Za-z']+");
        if (words.length > LONGEST_ENDING || ending.startsWith("\"")) {
            return false;
        }
        for (int i = 1; i < words.length; i++) {
            if (Character.isUpperCase(words[i].charAt(0)) && !opening.contains(words[i])) {
                return false;
            }
        }
        return nouns(ending).stream().allMatch(opening::contains);
    }

    /// The request for a topic by each phrasing, for prompts without an answer.
    static String ask(String topic, int phrasing) {
        return TELL_ONE.get(phrasing % TELL_ONE.size()).formatted(topic);
    }

    static String withArticle(String noun) {
        boolean plural = noun.endsWith("s") && !noun.endsWith("ss") && !noun.endsWith("us");
        return plural ? noun : ("aeiou".indexOf(noun.charAt(0)) >= 0 ? "an " : "a ") + noun;
    }
}
