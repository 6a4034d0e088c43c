package io.thumbwheel.trainer.data;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The children's names that the training stream exchanges: common in the stories and one token
/// each.
public final class ChildNames {
    static final List<String> GIRLS =
            List.of(
                    "Lily", "Mia", "Lucy", "Anna", "Sara", "Emma", "Ella", "Amy", "Jane", "Sally",
                    "Lisa", "Molly", "Jill", "Kate", "Sue", "Mary", "Susie", "Betty", "Emily",
                    "Bella", "Ruby", "Zoe", "Nina", "Rosie", "Lola", "Mandy", "Jenny", "Katie",
                    "Sophie", "Sarah", "Alice", "Daisy", "Lila", "Maria", "Annie");
    static final List<String> BOYS =
            List.of(
                    "Tim", "Tom", "Ben", "Max", "Jack", "Sam", "Timmy", "Tommy", "Billy", "Bob",
                    "John", "Johnny", "Joe", "Mike", "Fred", "Jimmy", "Danny", "Leo", "Sammy",
                    "Peter", "Nick", "Adam", "Alex", "James", "Josh", "Daniel", "Jake", "Luke",
                    "Charlie", "Andy", "Harry", "George", "Bobby", "David", "Paul");

    /// All of them.
    public static final Set<String> ALL =
            Stream.concat(GIRLS.stream(), BOYS.stream()).collect(Collectors.toUnmodifiableSet());

    private ChildNames() {}
}
