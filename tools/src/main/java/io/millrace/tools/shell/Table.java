package io.millrace.tools.shell;

import java.io.Console;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Rows under a heading. On a terminal the columns are aligned by blanks; into a file or a pipe they are separated by one tab each, for
 * {@code cut} and {@code awk}. Nothing is cut off. Not thread-safe.
 */
public final class Table {

    private static final String GAP = "  ";

    private final boolean aligned;
    private final List<List<String>> rows = new ArrayList<>();

    private Table(boolean aligned, List<String> heading) {
        this.aligned = aligned;
        rows.add(heading);
    }

    /** In the form that fits where the output goes. */
    @SuppressWarnings("SystemConsoleNull") // an image without the console's module has none
    public static Table of(String... heading) {
        boolean terminal =
                Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
        return new Table(terminal, List.of(heading));
    }

    static Table of(boolean aligned, String... heading) {
        return new Table(aligned, List.of(heading));
    }

    /** A row of as many cells as the heading has. */
    public void row(Object... cells) {
        List<String> row = new ArrayList<>(cells.length);
        for (Object cell : cells) {
            row.add(String.valueOf(cell));
        }
        if (row.size() != rows.getFirst().size()) {
            throw new IllegalArgumentException(row + " does not fit under " + rows.getFirst());
        }
        rows.add(row);
    }

    /** Prints heading and rows; a person may read a heading without rows, so say beside it that there are none. */
    public void print(PrintWriter out) {
        int[] widths = new int[rows.getFirst().size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String cell = row.get(i);
                boolean last = i == widths.length - 1;
                line.append(cell);
                if (!last) {
                    line.append(aligned ? " ".repeat(widths[i] - cell.length()) + GAP : "\t");
                }
            }
            out.println(line);
        }
    }
}
