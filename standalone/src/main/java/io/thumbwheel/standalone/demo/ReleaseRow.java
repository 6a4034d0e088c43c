package io.thumbwheel.standalone.demo;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import org.jspecify.annotations.Nullable;

/// One release of the demo, a baseline, or a refresh that was refused, as measured. In
/// `report.json` all figures stand side by side in one object; null where one does not apply.
///
/// @param id release id, `best-of-8`, `sft-on-chosen`, or run id of a refused refresh
/// @param quality what its answers to the unseen prompts are worth
/// @param live what people said while it served
/// @param origin where it comes from
/// @param swap how it came into serving
/// @param failedRequests requests that failed at the first attempt in its round
/// @param refused why there is no release; null where there is one
public record ReleaseRow(
        String id,
        @JsonUnwrapped Quality quality,
        @JsonUnwrapped Live live,
        @JsonUnwrapped Origin origin,
        @JsonUnwrapped SwapFigures swap,
        long failedRequests,
        @Nullable String refused) {

    ReleaseRow named(String name) {
        return new ReleaseRow(name, quality, live, origin, swap, failedRequests, refused);
    }

    ReleaseRow with(Live seen) {
        return new ReleaseRow(id, quality, seen, origin, swap, failedRequests, refused);
    }

    ReleaseRow with(Quality measured) {
        return new ReleaseRow(id, measured, live, origin, swap, failedRequests, refused);
    }

    /// Measured on the unseen prompts by the noiseless scorer, sampled at temperature 1 from the
    /// whole distribution.
    ///
    /// @param score mean hidden score
    /// @param winRateVsR0 share of prompts whose answer beats r0's, ties half
    /// @param winRateLow lower end of its 95% interval, paired bootstrap
    /// @param winRateHigh upper end
    /// @param lengthControlledWinRate the same at equal length
    /// @param meanTokens mean length
    /// @param eosShare share of answers that end by themselves
    /// @param distinct2 distinct word pairs over word pairs, over equal counts
    /// @param sameOpening share of answers that begin like most others do
    public record Quality(
            @Nullable Double score,
            @Nullable Double winRateVsR0,
            @Nullable Double winRateLow,
            @Nullable Double winRateHigh,
            @Nullable Double lengthControlledWinRate,
            @Nullable Double meanTokens,
            @Nullable Double eosShare,
            @Nullable Double distinct2,
            @Nullable Double sameOpening) {
        static final Quality NONE =
                new Quality(null, null, null, null, null, null, null, null, null);

        Quality withDistinct2(double share) {
            return new Quality(
                    score,
                    winRateVsR0,
                    winRateLow,
                    winRateHigh,
                    lengthControlledWinRate,
                    meanTokens,
                    eosShare,
                    share,
                    sameOpening);
        }
    }

    /// @param thumbsUpShare share of thumbs that are up
    /// @param liveWinRate share of people's picks over r0, ties half; a quarter of the picks is
    ///   flipped
    /// @param livePicks how many of those picks
    public record Live(
            @Nullable Double thumbsUpShare, @Nullable Double liveWinRate, int livePicks) {
        static final Live NONE = new Live(null, null, 0);

        static Live of(Tally.Counts counts) {
            return new Live(
                    counts.thumbs() == 0 ? null : counts.thumbsUpShare(),
                    counts.duels() == 0 ? null : counts.liveWinRate(),
                    counts.duels());
        }
    }

    /// @param klToR0 nats per answer, from the manifest
    /// @param rewardAccuracy of its reward model on raters that no model saw; flips cap it at 0.75
    /// @param refreshSeconds from the request to the end of the run
    public record Origin(
            @Nullable Double klToR0,
            @Nullable Double rewardAccuracy,
            @Nullable Double refreshSeconds) {
        static final Origin NONE = new Origin(null, null, null);
    }

    /// @param swapMillis from the decision seen to the release ready beside the old one
    /// @param flipMicros the switch itself
    /// @param gapBeforeMillis p99 gap between pieces of a stream before the swap
    /// @param gapSwapMillis p99 gap while the release was loaded and flipped
    public record SwapFigures(
            @Nullable Long swapMillis,
            @Nullable Double flipMicros,
            @Nullable Double gapBeforeMillis,
            @Nullable Double gapSwapMillis) {
        static final SwapFigures NONE = new SwapFigures(null, null, null, null);
    }
}
