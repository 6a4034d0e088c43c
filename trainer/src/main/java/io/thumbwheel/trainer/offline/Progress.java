package io.thumbwheel.trainer.offline;

import io.thumbwheel.trainer.cli.MetricsTable;
import io.thumbwheel.trainer.ppo.ProgressListener;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Says how a training gets on, a line a step or every few seconds, and keeps all metrics.
final class Progress implements ProgressListener {
    private static final long INTERVAL = 2_000_000_000L;

    /// What a line shows where a step has it, and by which name.
    private static final List<List<String>> SHOWN =
            List.of(
                    List.of("loss", "loss"),
                    List.of("accuracy", "accuracy"),
                    List.of("objective/scores", "score"),
                    List.of("objective/kl", "KL"),
                    List.of("objective/kl_coef", "beta"),
                    List.of("policy/entropy_avg", "entropy"),
                    List.of("episode/length", "tokens"),
                    List.of("rewards/accuracies", "accuracy"),
                    List.of("rewards/margins", "margin"));

    private final PrintWriter out;
    private final MetricsTable metrics;
    private String phase = "";
    private long begun;
    private int before;
    private long shown;

    Progress(PrintWriter out, MetricsTable metrics) {
        this.out = out;
        this.metrics = metrics;
    }

    @Override
    public void progress(String now, int step, int steps, Map<String, Double> values, String note) {
        metrics.add(now, step, values);
        long time = System.nanoTime();
        if (!now.equals(phase)) {
            phase = now;
            begun = time;
            before = step;
        } else if (time - shown < INTERVAL && step < steps) {
            return;
        }
        shown = time;
        List<String> words = new ArrayList<>();
        for (List<String> item : SHOWN) {
            Double value = values.get(item.getFirst());
            if (value != null) {
                words.add(String.format(Locale.ROOT, "%s %.3g", item.getLast(), value));
            }
        }
        if (step > before) {
            double seconds = (time - begun) / 1e9 / (step - before);
            words.add(String.format(Locale.ROOT, "%.2f s a step", seconds));
            words.add(String.format(Locale.ROOT, "%.0f s left", seconds * (steps - step)));
        }
        out.printf("%s %d of %d  %s  %s%n", now, step, steps, String.join("  ", words), note);
        out.flush();
    }
}
