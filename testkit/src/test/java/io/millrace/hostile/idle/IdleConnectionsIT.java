package io.millrace.hostile.idle;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The short form of {@link IdleRun}: without the half minute that clients which stall are given. */
@Timeout(600)
class IdleConnectionsIT {

    @Test
    void idleConnectionsAreCheapBoundedAndEndInTime() throws Exception {
        assertThat(IdleRun.run(1_000, false))
                .as("the report above says what is wrong")
                .isTrue();
    }
}
