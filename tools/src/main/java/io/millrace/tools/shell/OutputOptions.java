package io.millrace.tools.shell;

import picocli.CommandLine.Option;

/** In which form a verb prints what it found. */
public final class OutputOptions {

    /** A form. */
    public enum Format {
        /** For people. */
        TABLE,
        /** For programs: field names that stay, see docs/reference/json.md. */
        JSON
    }

    @Option(
            names = {"-O", "--output"},
            paramLabel = "table|json",
            defaultValue = "table",
            description = "How to print (default: table). Fields of json keep their names: docs/reference/json.md.")
    private Format format = Format.TABLE;

    public boolean json() {
        return format == Format.JSON;
    }
}
