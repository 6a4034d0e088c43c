package io.thumbwheel.feedback.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.thumbwheel.feedback.trust.Statement.Said;
import io.thumbwheel.schemas.event.FeedbackGiven.RaterKind;
import io.thumbwheel.schemas.event.RaterTrust;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TrustModelTest {
    private static final long DAY = 24 * 60;

    @Test
    void aNewRaterWeighsWhatTheTrainerTakesForUnknown() {
        Assessment rater = only(new Crowded().pick("new", 0, true, true, 0));

        assertThat(rater.weight()).isEqualTo(RaterTrust.NEWCOMER);
        assertThat(rater.quarantined()).isFalse();
        assertThat(rater.why())
                .isEqualTo("1 opinions over 0 days, nothing to compare with: information 0.50");
    }

    @Test
    void activityAndAgeAddWeight() {
        Crowded crowd = new Crowded();
        for (int i = 0; i < 20; i++) {
            crowd.pick("steady", i, true, i % 2 == 0, i * DAY / 19);
        }

        // tenure 0.25 + 0.75 · 20/40 · 1/2 = 0.4375, information 0.5
        assertThat(only(crowd).weight()).isEqualTo(0.22);
    }

    @Test
    void whoAgreesWithOthersWeighsMore() {
        Crowded crowd = new Crowded();
        for (int question = 0; question < 40; question++) {
            for (int rater = 0; rater < 5; rater++) {
                boolean right = (question + rater * 3) % 10 > 0;
                crowd.pick(
                        "good-" + rater,
                        question,
                        right,
                        (question + rater) % 2 == 0,
                        question * 60L);
            }
            crowd.pick("so-so", question, question % 2 == 0, question % 4 < 2, question * 60L);
        }

        Map<String, Assessment> assessed = crowd.assessed();

        // 36 of 40 right with prior 6:2 is 42/48: information 0.75
        assertThat(of(assessed, "good-0").information()).isCloseTo(0.75, within(0.02));
        assertThat(of(assessed, "good-0").checked()).isEqualTo(40);
        assertThat(of(assessed, "good-0").agreed()).isEqualTo(36);
        // 20 of 40 with prior 6:2 is 26/48
        assertThat(of(assessed, "so-so").information()).isCloseTo(1 / 12.0, within(0.02));
        assertThat(of(assessed, "so-so").quarantined()).isFalse();
        assertThat(of(assessed, "so-so").weight()).isEqualTo(TrustRules.LEAST_WEIGHT);
    }

    @Test
    void aContraryRaterIsSetAsideAndReturnsWithOtherEvidence() {
        Crowded crowd = new Crowded();
        for (int question = 0; question < 30; question++) {
            for (int rater = 0; rater < 4; rater++) {
                crowd.pick("good-" + rater, question, true, (question + rater) % 2 == 0, question);
            }
            crowd.pick("contrary", question, false, question % 2 == 0, question);
        }

        Assessment contrary = of(crowd.assessed(), "contrary");

        assertThat(contrary.quarantined()).isTrue();
        assertThat(contrary.tests()).contains("contrary");
        assertThat(contrary.why())
                .startsWith(
                        "contrary: agrees with others or gold on 0 of 30, fewer than by chance (p = 9.3e-10)");

        for (int question = 30; question < 80; question++) {
            for (int rater = 0; rater < 4; rater++) {
                crowd.pick("good-" + rater, question, true, (question + rater) % 2 == 0, question);
            }
            crowd.pick("contrary", question, true, question % 2 == 0, question);
        }
        assertThat(of(crowd.assessed(), "contrary").quarantined()).isFalse();
    }

    @Test
    void goldSaysWhoIsRightAgainstAMajority() {
        Crowded crowd = new Crowded();
        Map<Long, Boolean> gold = new HashMap<>();
        for (int question = 0; question < 40; question++) {
            crowd.pick("good", question, true, question % 2 == 0, question);
            for (int rater = 0; rater < 3; rater++) {
                boolean right = (question + rater) % 12 == 0;
                crowd.pick("bad-" + rater, question, right, (question + rater) % 2 == 0, question);
            }
            var known =
                    Gold.comparison(Crowded.answer(2 * question), Crowded.answer(2 * question + 1));
            gold.put(known.getKey(), known.getValue());
        }

        assertThat(of(crowd.assessed(), "good").quarantined()).isTrue();
        Map<String, Assessment> assessed = crowd.assessed(gold);
        assertThat(of(assessed, "good").quarantined()).isFalse();
        assertThat(of(assessed, "good").agreed()).isEqualTo(40);
        assertThat(of(assessed, "bad-0").quarantined()).isTrue();
    }

    @Test
    void whoAlwaysTakesTheFirstIsSetAside() {
        Crowded crowd = new Crowded();
        for (int rater = 0; rater < 10; rater++) {
            for (int i = 0; i < 30; i++) {
                int question = 100 * rater + i;
                boolean betterFirst = i % 2 == 0;
                boolean right = rater == 0 ? betterFirst : i % 3 > 0;
                crowd.pick("rater-" + rater, question, right, betterFirst, i);
            }
        }

        Map<String, Assessment> assessed = crowd.assessed();

        assertThat(of(assessed, "rater-0").tests()).containsExactly("one-sided");
        assertThat(of(assessed, "rater-0").why())
                .startsWith(
                        "one-sided: took the answer shown first in 30 of 30 picks, others in 50%");
        assertThat(assessed.values().stream().filter(Assessment::quarantined)).hasSize(1);
    }

    @Test
    void likingWhatEverybodyLikesIsNoOffence() {
        // The better answer is always the shorter one here, and everybody finds it.
        Crowded crowd = new Crowded();
        for (int rater = 0; rater < 10; rater++) {
            for (int i = 0; i < 40; i++) {
                crowd.pick("rater-" + rater, 100 * rater + i, true, (i + rater) % 2 == 0, i);
            }
        }

        assertThat(crowd.assessed().values()).noneMatch(Assessment::quarantined);
    }

    @Test
    void aBurstIsFoundAmongThoseWhoTakeTheirTime() {
        Crowded crowd = new Crowded();
        for (int rater = 0; rater < 20; rater++) {
            for (int i = 0; i < 40; i++) {
                long minutes = rater == 0 ? 0 : i;
                crowd.pick("rater-" + rater, 100 * rater + i, i % 4 > 0, i % 2 == 0, minutes);
            }
        }

        Map<String, Assessment> assessed = crowd.assessed();

        assertThat(of(assessed, "rater-0").tests()).containsExactly("burst");
        assertThat(of(assessed, "rater-0").why()).contains("gave 40 opinions within a minute");
        assertThat(assessed.values().stream().filter(Assessment::quarantined)).hasSize(1);
    }

    @Test
    void theCopyIsSetAsideAndNotTheOriginal() {
        Crowded crowd = new Crowded();
        for (int question = 0; question < 150; question++) {
            for (int rater = 0; rater < 4; rater++) {
                boolean right = (question * 7 + rater * 5) % 4 > 0;
                crowd.pick(
                        "rater-" + rater,
                        question,
                        right,
                        (question + rater) % 2 == 0,
                        question * 10L);
            }
            boolean right = (question * 7) % 4 > 0;
            crowd.pick("copy", question, right, question % 2 == 0, question * 10L + 1);
        }

        Map<String, Assessment> assessed = crowd.assessed();

        assertThat(of(assessed, "copy").tests()).containsExactly("copy-cat");
        assertThat(of(assessed, "copy").why())
                .contains("says the same as rater-0 on 150 of 150 items, mostly later");
        assertThat(of(assessed, "rater-0").quarantined()).isFalse();
    }

    @Test
    void borrowedWordsAreFound() {
        Crowded crowd = new Crowded();
        for (int i = 0; i < 3; i++) {
            for (String rater : List.of("author", "borrower")) {
                crowd.say(
                        rater,
                        RaterKind.USER,
                        null,
                        new Said.Wrote(),
                        List.of(Crowded.answer(i)),
                        Crowded.START.plus(Duration.ofMinutes(rater.equals("author") ? 0 : 5)),
                        77 + i);
            }
        }

        Map<String, Assessment> assessed = crowd.assessed();

        assertThat(of(assessed, "borrower").tests()).containsExactly("same text");
        assertThat(of(assessed, "author").quarantined()).isFalse();
    }

    @Test
    void aNetworkHasNoMoreThanItsShare() {
        Crowded crowd = new Crowded();
        for (int rater = 0; rater < 40; rater++) {
            String network = rater < 20 ? "crowded" : "network-" + rater;
            crowd.say(
                    "rater-%02d".formatted(rater),
                    RaterKind.USER,
                    network,
                    new Said.Tied(),
                    List.of(),
                    Crowded.START,
                    0);
        }

        Map<String, Assessment> assessed = crowd.assessed();

        // 21 networks: the greater of 10% and 2/21. x = 0.1 (x + 20) = 20/9 for 20 people: 0.11
        // each
        assertThat(of(assessed, "rater-30").weight()).isEqualTo(0.13);
        assertThat(of(assessed, "rater-00").weight()).isEqualTo(0.01);
        assertThat(of(assessed, "rater-00").why()).endsWith("capped to 11% by network or source");
    }

    @Test
    void aTenantAmongManyHasNoMoreThanHalf() {
        Crowded crowd = new Crowded();
        for (int rater = 0; rater < 30; rater++) {
            crowd.tie("rater-%02d".formatted(rater), rater < 27 ? "large" : "tenant-" + rater);
        }

        Map<String, Assessment> assessed = crowd.assessed();

        // 4 tenants: the greater of a half and 2/4. x = 0.5 (x + 3) = 3 for 27 people: 0.11 each
        assertThat(of(assessed, "rater-29").weight()).isEqualTo(0.13);
        assertThat(of(assessed, "rater-00").weight()).isEqualTo(0.01);
        assertThat(of(assessed, "rater-00").why()).endsWith("capped to 11% by network or source");
    }

    @Test
    void aTenantAloneIsNotCapped() {
        assertThat(only(new Crowded().tie("rater", "large")).weight())
                .isEqualTo(RaterTrust.NEWCOMER);
    }

    @Test
    void theOrderOfStatementsDoesNotMatterToTheRest() {
        Crowded crowd = new Crowded();
        for (int question = 0; question < 30; question++) {
            for (int rater = 0; rater < 6; rater++) {
                crowd.pick(
                        "rater-" + rater,
                        question,
                        (question * 5 + rater * 3) % 7 > 1,
                        question % 2 == 0,
                        question * 7L);
            }
        }

        assertThat(crowd.assessed()).isEqualTo(crowd.assessed());
    }

    private static Assessment only(Crowded crowd) {
        return crowd.assessed().values().iterator().next();
    }

    private static Assessment of(Map<String, Assessment> assessed, String rater) {
        Assessment found = assessed.get(rater);
        if (found == null) {
            throw new AssertionError("no rater " + rater + " among " + assessed.keySet());
        }
        return found;
    }
}
