package io.thumbwheel.feedback.trust;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// What a test says of a rater.
///
/// @param rater index
/// @param test its name
/// @param pValue how likely as much or more is where nothing is wrong
/// @param large whether the effect is large enough to matter, whatever its significance
/// @param why the numbers, in words
record Finding(int rater, Test test, double pValue, boolean large, String why) {

    /// The tests.
    enum Test {
        CONTRARY("contrary"),
        ONE_SIDED("one-sided"),
        LENGTH("length"),
        BURST("burst"),
        COPY("copy-cat"),
        SAME_TEXT("same text");

        private final String text;

        Test(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /// Those that hold when all are looked at together: Benjamini & Hochberg, "Controlling the
    /// false discovery rate" (JRSS B 57, 1995): with the m p-values rising, all up to the last `p_k
    /// <= k·q/m`. Of them, the large ones.
    ///
    /// @param findings of one test, of everybody who was tested
    /// @param q share of false ones among those that hold, at most and on average
    static List<Finding> holding(List<Finding> findings, double q) {
        List<Finding> rising = new ArrayList<>(findings);
        rising.sort(Comparator.comparingDouble(Finding::pValue));
        int holding = 0;
        for (int k = 1; k <= rising.size(); k++) {
            if (rising.get(k - 1).pValue() <= k * q / rising.size()) {
                holding = k;
            }
        }
        return rising.subList(0, holding).stream().filter(Finding::large).toList();
    }
}
