package io.thumbwheel.trainer.pretraining;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Documents put into rows of one length with little padding: each goes into the open row that it
/// fills best; the fullest row is closed when too many are open. A document longer than a row goes
/// on in the next one, overlapping by one id, so that every id but the first is predicted once.
///
/// Ding et al. 2024, "Fewer Truncations Improve Language Modeling", arXiv:2404.10830 §3 (best-fit
/// packing). Departure: a bounded buffer, so that the order of the documents is nearly kept.
final class PackedRows {
    private static final int OPEN_ROWS = 400;

    private final int length;
    private final int padId;
    private final TreeMap<Integer, List<Row>> openByRoom = new TreeMap<>();
    private final List<int[]> closed = new ArrayList<>();
    private int open;

    private static final class Row {
        private final int[] ids;
        private int used;

        Row(int length, int padId) {
            ids = new int[length];
            Arrays.fill(ids, padId);
        }
    }

    /// @param length ids in a row: inputs and one more
    PackedRows(int length, int padId) {
        this.length = length;
        this.padId = padId;
    }

    void add(int[] ids) {
        int begin = 0;
        while (ids.length - begin > length) {
            closed.add(Arrays.copyOfRange(ids, begin, begin + length));
            begin += length - 1;
        }
        place(Arrays.copyOfRange(ids, begin, ids.length));
    }

    private void place(int[] ids) {
        Map.Entry<Integer, List<Row>> fitting = openByRoom.ceilingEntry(ids.length);
        Row row;
        if (fitting == null) {
            row = new Row(length, padId);
            open++;
        } else {
            row = take(fitting);
        }
        System.arraycopy(ids, 0, row.ids, row.used, ids.length);
        row.used += ids.length;
        openByRoom.computeIfAbsent(length - row.used, _ -> new ArrayList<>()).add(row);
        while (open > OPEN_ROWS) {
            close();
        }
    }

    private Row take(Map.Entry<Integer, List<Row>> rows) {
        Row row = rows.getValue().removeFirst();
        if (rows.getValue().isEmpty()) {
            openByRoom.remove(rows.getKey());
        }
        return row;
    }

    private void close() {
        closed.add(take(openByRoom.firstEntry()).ids);
        open--;
    }

    /// The rows [rows][length]; the packing ends.
    List<int[]> rows() {
        while (open > 0) {
            close();
        }
        return closed;
    }
}
