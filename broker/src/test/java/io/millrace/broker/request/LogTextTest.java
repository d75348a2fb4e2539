package io.millrace.broker.request;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LogTextTest {

    @Test
    void whatCouldForgeALineOrFillTheLogIsTakenOut() {
        assertThat(LogText.of("consumer-1")).isEqualTo("consumer-1");
        assertThat(LogText.of("a\nevent=\"forged\"")).isEqualTo("a?event=?forged?");
        assertThat(LogText.of("x".repeat(50_000))).hasSize(123).endsWith("...");
    }
}
