package io.thumbwheel.standalone.preference;

import java.util.HashSet;
import java.util.Set;

/// Likes stories that end well: distinct happy minus distinct sad words of the last sentence, at
/// most 2 and at least -2, plus how well the answer reads.
final class HappyEnding implements Preference {
    private static final int MOST = 2;
    private static final Set<String> HAPPY =
            Set.of(
                    "happy",
                    "happily",
                    "happier",
                    "happiness",
                    "glad",
                    "joy",
                    "joyful",
                    "smile",
                    "smiled",
                    "smiles",
                    "smiling",
                    "laugh",
                    "laughed",
                    "laughing",
                    "love",
                    "loved",
                    "loves",
                    "hug",
                    "hugged",
                    "hugs",
                    "fun",
                    "proud",
                    "friend",
                    "friends",
                    "friendship",
                    "thank",
                    "thanked",
                    "thankful",
                    "grateful",
                    "wonderful",
                    "amazing",
                    "beautiful",
                    "great",
                    "best",
                    "safe",
                    "safely",
                    "kind",
                    "kindness",
                    "excited",
                    "delighted",
                    "pleased",
                    "cheered",
                    "cheerful",
                    "celebrated",
                    "enjoyed",
                    "enjoy",
                    "danced",
                    "sang",
                    "together",
                    "delicious",
                    "special",
                    "lucky",
                    "relieved",
                    "brave",
                    "peaceful",
                    "giggled",
                    "perfect",
                    "nice",
                    "sweet",
                    "warm");
    private static final Set<String> SAD =
            Set.of(
                    "sad",
                    "sadly",
                    "sadness",
                    "cry",
                    "cried",
                    "crying",
                    "tears",
                    "angry",
                    "mad",
                    "scared",
                    "afraid",
                    "scary",
                    "hurt",
                    "hurts",
                    "pain",
                    "lost",
                    "alone",
                    "lonely",
                    "sorry",
                    "bad",
                    "worst",
                    "broke",
                    "broken",
                    "died",
                    "dead",
                    "die",
                    "fell",
                    "upset",
                    "worried",
                    "worry",
                    "disappointed",
                    "unhappy",
                    "miserable",
                    "terrible",
                    "awful",
                    "never",
                    "gone",
                    "mean",
                    "hate",
                    "hated",
                    "dark",
                    "cold",
                    "hungry",
                    "tired",
                    "trouble",
                    "gloomy",
                    "embarrassed",
                    "ashamed",
                    "regret",
                    "regretted",
                    "sick",
                    "dangerous",
                    "naughty",
                    "frightened",
                    "screamed",
                    "poor",
                    "stuck",
                    "jealous",
                    "missed",
                    "forgot");

    @Override
    public String name() {
        return "happy-ending";
    }

    @Override
    public Verdict compare(String prompt, Answer a, Answer b) {
        return Verdict.of(liking(a), liking(b));
    }

    private static double liking(Answer answer) {
        var words = new HashSet<>(Fluency.words(Fluency.lastSentence(answer.text())));
        long happy = words.stream().filter(HAPPY::contains).count();
        long sad = words.stream().filter(SAD::contains).count();
        return Fluency.of(answer).with(Math.clamp(happy - sad, -MOST, MOST), -MOST);
    }
}
