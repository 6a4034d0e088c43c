package io.thumbwheel.trainer.report;

import java.util.List;
import java.util.Locale;

/// One curve as SVG, its scale from its own values, with the value of a step where the mouse is.
///
/// @param title what is drawn
/// @param points in order
record LineChart(String title, List<Point> points) {
    private static final int WIDTH = 300;
    private static final int HEIGHT = 150;
    private static final int LEFT = 52;
    private static final int TOP = 22;
    private static final int BOTTOM = 18;

    /// A value.
    ///
    /// @param step on the x axis
    /// @param value not drawn where it is no number
    record Point(int step, double value) {}

    LineChart {
        points = List.copyOf(points);
    }

    /// The drawing, for the middle of an HTML page. `title` must be free of markup: metrics are.
    String svg() {
        List<Point> drawn = points.stream().filter(p -> Double.isFinite(p.value)).toList();
        StringBuilder svg = new StringBuilder();
        svg.append(
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\"><text class=\"name\" x=\"4\" y=\"13\">%s</text>"
                        .formatted(WIDTH, HEIGHT, title, title));
        if (!drawn.isEmpty()) {
            draw(svg, drawn);
        }
        return svg.append("</svg>").toString();
    }

    private static void draw(StringBuilder svg, List<Point> drawn) {
        double low = drawn.stream().mapToDouble(Point::value).min().orElse(0);
        double high = drawn.stream().mapToDouble(Point::value).max().orElse(0);
        // A constant lies in the middle.
        double bottom = low == high ? low - Math.max(1, Math.abs(low)) : low;
        double top = low == high ? high + Math.max(1, Math.abs(high)) : high;
        int first = drawn.getFirst().step;
        int last = drawn.getLast().step;
        StringBuilder line = new StringBuilder();
        StringBuilder dots = new StringBuilder();
        for (Point point : drawn) {
            double share = first == last ? 0.5 : (double) (point.step - first) / (last - first);
            double x = LEFT + share * (WIDTH - LEFT - 8);
            double height = (point.value - bottom) / (top - bottom);
            double y = HEIGHT - BOTTOM - height * (HEIGHT - TOP - BOTTOM);
            line.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, y));
            dots.append(
                    String.format(
                            Locale.ROOT,
                            "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\"><title>step %d: %s</title></circle>",
                            x,
                            y,
                            point.step,
                            number(point.value)));
        }
        int floor = HEIGHT - BOTTOM;
        svg.append("<path class=\"axis\" d=\"M%d %dV%dH%d\"/>".formatted(LEFT, TOP, floor, WIDTH))
                .append(label(LEFT - 4, TOP + 8, "end", number(high)))
                .append(label(LEFT - 4, floor, "end", low == high ? "" : number(low)))
                .append(label(LEFT, HEIGHT - 4, "start", String.valueOf(first)))
                .append(label(WIDTH - 8, HEIGHT - 4, "end", first == last ? "" : "" + last))
                .append("<polyline points=\"")
                .append(line.toString().strip())
                .append("\"/>")
                .append(dots);
    }

    private static String label(int x, int y, String anchor, String text) {
        return "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>".formatted(x, y, anchor, text);
    }

    /// A number in four significant digits.
    static String number(double value) {
        double size = Math.abs(value);
        if (value == Math.rint(value) && size < 1e6) {
            return String.format(Locale.ROOT, "%.0f", value);
        }
        return size >= 1e-3 && size < 1e6
                ? String.format(
                        Locale.ROOT, size >= 100 ? "%.1f" : size >= 1 ? "%.3f" : "%.4f", value)
                : String.format(Locale.ROOT, "%.2e", value);
    }
}
