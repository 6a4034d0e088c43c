package io.thumbwheel.trainer.data;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Gives the children of a story other names, the same for the whole story, so that few stories can
/// be read many times.
///
/// A new name is drawn by the square root of its frequency in the stories: common names stay
/// common. A name whose nickname is in the story too keeps both.
final class NameSwap {
    private static final List<Set<String>> NICKNAMES =
            List.of(
                    Set.of("Tim", "Timmy"),
                    Set.of("Tom", "Tommy"),
                    Set.of("Sam", "Sammy"),
                    Set.of("John", "Johnny"),
                    Set.of("Bob", "Bobby"),
                    Set.of("Sara", "Sarah"),
                    Set.of("Sue", "Susie"),
                    Set.of("Anna", "Annie"),
                    Set.of("Kate", "Katie"),
                    Set.of("Rosie", "Rose"),
                    Set.of("Dan", "Danny", "Daniel"),
                    Set.of("Lily", "Lila", "Lilly"),
                    Set.of("Ben", "Benny"),
                    Set.of("Jack", "Jackie"),
                    Set.of("Jill", "Jilly"),
                    Set.of("Jim", "Jimmy"),
                    Set.of("Max", "Maxie"),
                    Set.of("Jane", "Janie"));
    private static final double SWAPPED = 0.8;
    private static final Pattern CAPITALISED = Pattern.compile("\\b[A-Z][a-z]+\\b");
    private static final Pattern NAME =
            Pattern.compile(
                    Stream.concat(ChildNames.GIRLS.stream(), ChildNames.BOYS.stream())
                            .collect(Collectors.joining("|", "\\b(", ")\\b")));

    private final Map<String, Double> weights = new HashMap<>();

    NameSwap(Collection<String> stories) {
        for (String story : stories) {
            namesIn(story).forEach(name -> weights.merge(name, 1.0, Double::sum));
        }
        weights.replaceAll((_, count) -> Math.sqrt(count));
    }

    private static Set<String> namesIn(String story) {
        return NAME.matcher(story).results().map(m -> m.group(1)).collect(Collectors.toSet());
    }

    String apply(String story, RandomGenerator random) {
        Set<String> taken =
                CAPITALISED
                        .matcher(story)
                        .results()
                        .map(m -> m.group())
                        .collect(Collectors.toSet());
        var renamed = new HashMap<String, String>();
        for (String name : new java.util.TreeSet<>(namesIn(story))) {
            if (!nicknamed(name, taken) && random.nextDouble() < SWAPPED) {
                String other = draw(namesLike(name), taken, random);
                renamed.put(name, other);
                taken.add(other);
            }
        }
        return NAME.matcher(story)
                .replaceAll(m ->
                        Matcher.quoteReplacement(renamed.getOrDefault(m.group(1), m.group(1))));
    }

    private static List<String> namesLike(String name) {
        return ChildNames.GIRLS.contains(name) ? ChildNames.GIRLS : ChildNames.BOYS;
    }

    private static boolean nicknamed(String name, Set<String> taken) {
        return NICKNAMES.stream()
                .filter(forms -> forms.contains(name))
                .anyMatch(forms -> forms.stream().filter(taken::contains).count() > 1);
    }

    private String draw(List<String> names, Set<String> taken, RandomGenerator random) {
        var free = new ArrayList<>(names);
        var forbidden = new HashSet<>(taken);
        NICKNAMES.stream()
                .filter(forms -> forms.stream().anyMatch(taken::contains))
                .forEach(forbidden::addAll);
        free.removeAll(forbidden);
        double total = free.stream().mapToDouble(n -> weights.getOrDefault(n, 0.0)).sum();
        double at = random.nextDouble() * total;
        for (String name : free) {
            at -= weights.getOrDefault(name, 0.0);
            if (at < 0) {
                return name;
            }
        }
        return free.getFirst();
    }
}
