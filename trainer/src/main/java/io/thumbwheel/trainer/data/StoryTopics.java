package io.thumbwheel.trainer.data;

import java.util.List;

/// What very short stories are asked about.
final class StoryTopics {
    /// Animals that prompts ask for.
    static final List<String> ANIMALS =
            List.of(
                    "dog",
                    "cat",
                    "bird",
                    "bunny",
                    "bear",
                    "mouse",
                    "fish",
                    "frog",
                    "duck",
                    "lion",
                    "squirrel",
                    "fox",
                    "puppy",
                    "kitten",
                    "monkey",
                    "elephant",
                    "horse",
                    "bee");

    /// Animals of the stories besides.
    static final List<String> OTHER_ANIMALS =
            List.of("rabbit", "turtle", "pig", "cow", "owl", "tiger");

    /// Things that prompts ask for.
    static final List<String> THINGS =
            List.of(
                    "ball", "box", "toy car", "book", "hat", "kite", "balloon", "doll", "boat",
                    "drum", "bike", "coin", "cake", "apple", "flower", "stick", "rock", "truck",
                    "cup", "bag");

    private StoryTopics() {}
}
