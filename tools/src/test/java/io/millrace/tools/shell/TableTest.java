package io.millrace.tools.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class TableTest {

    private static String printed(boolean aligned) {
        Table table = Table.of(aligned, "NAME", "N");
        table.row("short", 1);
        table.row("a longer one", 22);
        StringWriter text = new StringWriter();
        table.print(new PrintWriter(text, true));
        return text.toString().replace(System.lineSeparator(), "\n");
    }

    @Test
    void columnsLineUpForPeople() {
        assertThat(printed(true)).isEqualTo("NAME          N\nshort         1\na longer one  22\n");
    }

    @Test
    void oneTabSeparatesColumnsForPrograms() {
        assertThat(printed(false)).isEqualTo("NAME\tN\nshort\t1\na longer one\t22\n");
    }

    @Test
    void aRowHasAsManyCellsAsTheHeading() {
        Table table = Table.of(true, "NAME", "N");
        assertThatThrownBy(() -> table.row("alone")).isInstanceOf(IllegalArgumentException.class);
    }
}
