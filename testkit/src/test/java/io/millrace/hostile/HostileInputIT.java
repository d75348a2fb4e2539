package io.millrace.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The short form of {@link HostileRun}, with every buffer watched for leaks. */
@Timeout(900)
class HostileInputIT {

    private static final long FRAMES = 20_000;
    private static final long SEED = 3;

    @Test
    void mutantsOfRecordedRequestsHarmNeitherTheBrokerNorHealthyClients() throws Exception {
        List<String> jvm = List.of("-Xmx256m", "-Dio.netty.leakDetection.level=paranoid");
        assertThat(HostileRun.run(FRAMES, SEED, jvm))
                .as("the report above says what is wrong")
                .isTrue();
    }
}
