package io.millrace.protocol.generator;

/** Collects lines of Java source and indents them by the braces they open and close. */
final class SourceText {
    private final StringBuilder text = new StringBuilder(8192);
    private int depth;

    /** Adds one line; a leading {@code '}'} steps out first, a trailing <code>'{'</code> steps in afterwards. */
    SourceText line(String line) {
        if (line.isEmpty()) {
            text.append('\n');
            return this;
        }
        if (line.startsWith("}")) {
            depth--;
        }
        text.append("    ".repeat(depth)).append(line).append('\n');
        if (line.endsWith("{")) {
            depth++;
        }
        return this;
    }

    /** Adds several lines. */
    SourceText lines(String... lines) {
        for (String line : lines) {
            line(line);
        }
        return this;
    }

    /** Adds {@code body} inside {@code if (condition)}; plainly when it is always true, not at all when it never is. */
    SourceText when(String condition, Runnable body) {
        if (condition.equals("false")) {
            return this;
        }
        if (condition.equals("true")) {
            body.run();
            return this;
        }
        line("if (" + condition + ") {");
        body.run();
        return line("}");
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
