package io.thumbwheel.standalone.preference;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Likes animals: how many different ones an answer names, at most 3, plus how well it reads.
final class Animals implements Preference {
    private static final int MOST = 3;
    private static final Set<String> ANIMALS =
            Stream.of(
                            "dog puppy cat kitten kitty bird bunny rabbit bear lion tiger mouse rat"
                                    + " fish shark whale dolphin octopus crab seal otter frog toad"
                                    + " turtle tortoise snake lizard dragon dinosaur crocodile"
                                    + " alligator duck duckling goose swan chicken hen chick rooster"
                                    + " turkey owl eagle parrot pigeon crow raven robin penguin"
                                    + " peacock horse pony donkey zebra giraffe elephant hippo rhino"
                                    + " camel cow calf bull pig piglet sheep lamb goat deer moose fox"
                                    + " wolf squirrel chipmunk beaver badger raccoon skunk hedgehog"
                                    + " mole bat monkey gorilla panda koala kangaroo bee ant bug"
                                    + " beetle ladybug butterfly caterpillar moth spider worm snail"
                                    + " cricket grasshopper dragonfly wasp hamster llama leopard")
                    .flatMap(all -> Stream.of(all.split(" ")))
                    .collect(Collectors.toUnmodifiableSet());

    @Override
    public String name() {
        return "animals";
    }

    @Override
    public Verdict compare(String prompt, Answer a, Answer b) {
        return Verdict.of(liking(a), liking(b));
    }

    private static double liking(Answer answer) {
        long named =
                Fluency.words(answer.text()).stream()
                        .map(Animals::singular)
                        .filter(ANIMALS::contains)
                        .distinct()
                        .count();
        return Fluency.of(answer).with(Math.min(MOST, named), 0);
    }

    private static String singular(String word) {
        String bare = word.endsWith("'s") ? word.substring(0, word.length() - 2) : word;
        return switch (bare) {
            case "mice" -> "mouse";
            case "geese" -> "goose";
            case "wolves" -> "wolf";
            case "puppies" -> "puppy";
            case "bunnies" -> "bunny";
            case "kitties" -> "kitty";
            case "ponies" -> "pony";
            case "butterflies" -> "butterfly";
            case "ladybugs" -> "ladybug";
            case "foxes" -> "fox";
            default ->
                    !ANIMALS.contains(bare) && bare.endsWith("s")
                            ? bare.substring(0, bare.length() - 1)
                            : bare;
        };
    }
}
