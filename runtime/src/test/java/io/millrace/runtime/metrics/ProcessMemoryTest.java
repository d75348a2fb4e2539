package io.millrace.runtime.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProcessMemoryTest {

    @Test
    void readsWhatLinuxWrites() {
        String status =
                "Name:\tjava\nVmRSS:\t  1024 kB\nRssAnon:\t   700 kB\nRssFile:\t   300 kB\nRssShmem:\t    24 kB\n";
        assertThat(ProcessMemory.parse(status)).isEqualTo(new ProcessMemory(1024 << 10, 700 << 10, 324 << 10));
    }

    @Test
    void isNothingWhereTheSystemDoesNotTell() {
        assertThat(ProcessMemory.parse("")).isEqualTo(new ProcessMemory(0, 0, 0));
    }
}
