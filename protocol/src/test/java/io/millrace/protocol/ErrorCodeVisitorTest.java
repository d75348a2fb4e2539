package io.millrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.message.HeartbeatResponse;
import io.millrace.protocol.message.MetadataRequest;
import io.millrace.protocol.message.ProduceResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every message shows its error codes, whatever struct they are in. */
class ErrorCodeVisitorTest {

    private static List<Short> codes(Message message) {
        List<Short> seen = new ArrayList<>();
        message.errorCodes(seen::add);
        return seen;
    }

    @Test
    void showsTheCodesOfEveryPartition() {
        ProduceResponse response = new ProduceResponse();
        for (int topic = 0; topic < 2; topic++) {
            ProduceResponse.TopicProduceResponse answered = new ProduceResponse.TopicProduceResponse();
            for (int partition = 0; partition < 3; partition++) {
                answered.partitionResponses()
                        .add(new ProduceResponse.PartitionProduceResponse()
                                .index(partition)
                                .errorCode((short) (partition == 1 ? 0 : 10 * topic + partition + 1)));
            }
            response.responses().add(answered);
        }
        assertThat(codes(response)).containsExactly((short) 1, (short) 3, (short) 11, (short) 13);
    }

    @Test
    void showsTheCodeOfTheWhole() {
        assertThat(codes(new HeartbeatResponse())).isEmpty();
        assertThat(codes(new HeartbeatResponse().errorCode((short) -1))).containsExactly((short) -1);
    }

    @Test
    void showsNothingOfAMessageWithoutCodes() {
        assertThat(codes(new MetadataRequest())).isEmpty();
    }
}
