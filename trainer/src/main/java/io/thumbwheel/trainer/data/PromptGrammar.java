package io.thumbwheel.trainer.data;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.random.RandomGenerator;

/// Prompts in the seed policy's domain that copy no text: beginnings of stories, requests and small
/// talk, put together from lists of words.
final class PromptGrammar {
    /// A prompt.
    ///
    /// @param task what it asks for: `finish`, `tell` or `talk`
    /// @param topic the noun that a story is asked for about; empty for the other tasks
    record Prompt(String text, String task, String topic) {
        Prompt {
            text = text.replaceAll("\\b([Aa]) (?=[aeiou])", "$1n ");
        }
    }

    private record Hero(String name, String kind, String he, String his) {}

    private static final List<String> GIRLS =
            List.of("Lily", "Mia", "Lucy", "Anna", "Sara", "Emma", "Amy", "Jane", "Sally", "Molly");
    private static final List<String> BOYS =
            List.of("Tim", "Tom", "Ben", "Max", "Jack", "Sam", "Billy", "Bob", "Joe", "Leo");
    private static final List<String> PLACES =
            List.of(
                    "park", "garden", "forest", "beach", "store", "farm", "zoo", "kitchen", "yard",
                    "lake", "school", "field");
    private static final List<String> PEOPLE =
            List.of("mom", "dad", "friend", "grandma", "brother", "sister");
    private static final List<String> LOOKS =
            List.of(
                    "big", "little", "red", "blue", "shiny", "pretty", "old", "new", "soft",
                    "green");
    private static final List<String> MOODS =
            List.of("happy", "brave", "kind", "curious", "shy", "funny", "silly", "clever");
    private static final List<String> WISHES =
            List.of(
                    "play outside",
                    "find a friend",
                    "help %s %s",
                    "learn to swim",
                    "make a cake",
                    "climb the tall tree",
                    "see the sea",
                    "build a house of sand",
                    "fly very high",
                    "have a party",
                    "eat something sweet",
                    "win the race");
    private static final List<String> EVENTS =
            List.of(
                    "Suddenly, it started to rain.", "Then, a strong wind came.",
                    "Suddenly, %s heard a loud noise.", "But %s could not find it.",
                    "Then, %s fell down.", "But %s was too small.",
                    "But it was very dark outside.", "Then, %s had a good idea.");
    private static final List<String> ASK_FINISH =
            List.of(
                    "%s",
                    "%s",
                    "%s",
                    "Finish this story: %s",
                    "What happens next? %s",
                    "%s What happens next?",
                    "Go on: %s",
                    "How does this story end? %s");
    private static final List<String> TALK =
            List.of(
                    "Do you like %s?",
                    "What do you think about %s?",
                    "I really like %s.",
                    "I do not like %s very much.",
                    "Have you ever tried %s?",
                    "My friend loves %s.",
                    "Today I learned about %s.",
                    "Tell me about %s.",
                    "Hi! Do you enjoy %s?",
                    "I want to talk about %s.");
    private static final List<String> THINGS =
            List.of(
                    "dogs",
                    "cats",
                    "music",
                    "cooking",
                    "pizza",
                    "the beach",
                    "books",
                    "movies",
                    "swimming",
                    "soccer",
                    "hiking",
                    "dancing",
                    "painting",
                    "ice cream",
                    "travel",
                    "gardening",
                    "video games",
                    "birds",
                    "singing",
                    "snow");

    private final RandomGenerator random;

    PromptGrammar(RandomGenerator random) {
        this.random = random;
    }

    /// Different prompts, about half of them beginnings of stories and a tenth small talk.
    List<Prompt> prompts(int count) {
        var prompts = new LinkedHashSet<Prompt>();
        for (int tries = 0; prompts.size() < count && tries < 200 * count; tries++) {
            double kind = random.nextDouble();
            prompts.add(kind < 0.52 ? finish() : kind < 0.92 ? tell() : talk());
        }
        if (prompts.size() < count) {
            throw new IllegalArgumentException(
                    "the grammar has no %d different prompts, only %d were found"
                            .formatted(count, prompts.size()));
        }
        return List.copyOf(prompts);
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private Hero hero() {
        double kind = random.nextDouble();
        if (kind < 0.35) {
            return new Hero(any(GIRLS), "girl", "she", "her");
        }
        if (kind < 0.7) {
            return new Hero(any(BOYS), "boy", "he", "his");
        }
        boolean female = random.nextBoolean();
        return female
                ? new Hero(any(GIRLS), any(StoryTopics.ANIMALS), "she", "her")
                : new Hero(any(BOYS), any(StoryTopics.ANIMALS), "he", "his");
    }

    private Prompt finish() {
        Hero hero = hero();
        String beginning = opening(hero);
        double more = random.nextDouble();
        if (more < 0.45) {
            beginning += " " + wish(hero);
        } else if (more < 0.85) {
            beginning += " " + any(EVENTS).formatted(hero.he());
        }
        return new Prompt(any(ASK_FINISH).formatted(beginning), "finish", "");
    }

    private String opening(Hero hero) {
        return switch (random.nextInt(5)) {
            case 0 ->
                    "Once upon a time, there was a %s %s named %s."
                            .formatted(any(MOODS), hero.kind(), hero.name());
            case 1 ->
                    "One day, %s went to the %s with %s %s."
                            .formatted(hero.name(), any(PLACES), hero.his(), any(PEOPLE));
            case 2 -> "%s had a %s %s.".formatted(hero.name(), any(LOOKS), any(StoryTopics.THINGS));
            case 3 ->
                    "%s saw a %s %s near the %s."
                            .formatted(
                                    hero.name(), any(LOOKS), any(StoryTopics.ANIMALS), any(PLACES));
            default ->
                    "One day, %s found a %s %s near the %s."
                            .formatted(
                                    hero.name(), any(LOOKS), any(StoryTopics.THINGS), any(PLACES));
        };
    }

    private String wish(Hero hero) {
        String he = Character.toUpperCase(hero.he().charAt(0)) + hero.he().substring(1);
        return "%s wanted to %s.".formatted(he, any(WISHES).formatted(hero.his(), any(PEOPLE)));
    }

    private Prompt tell() {
        String topic = any(random.nextInt(6) == 1 ? StoryTopics.THINGS : StoryTopics.ANIMALS);
        String phrase =
                switch (random.nextInt(5)) {
                    case 0 -> "a " + topic;
                    case 1 -> "a %s %s".formatted(any(LOOKS.subList(0, 6)), topic);
                    case 2 -> "a %s and a %s".formatted(topic, any(StoryTopics.THINGS));
                    case 3 -> "a %s named %s".formatted(topic, hero().name());
                    default -> "a %s at the %s".formatted(topic, any(PLACES));
                };
        return new Prompt(StoryTasks.ask(phrase, random.nextInt(8)), "tell", topic);
    }

    private Prompt talk() {
        return new Prompt(any(TALK).formatted(any(THINGS)), "talk", "");
    }
}
