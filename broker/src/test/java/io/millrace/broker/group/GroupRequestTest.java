package io.millrace.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.coordinator.group.GroupCoordinator;
import io.millrace.broker.fixture.ManualLoop;
import io.millrace.broker.fixture.RecordedResponder;
import io.millrace.broker.request.RequestContext;
import io.millrace.broker.shard.Shards;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.ApiKey;
import io.millrace.replication.metadata.MetadataPublisher;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GroupRequestTest {

    private final ManualLoop loop = new ManualLoop();
    private final RecordedResponder responder = new RecordedResponder(loop);
    private final RequestContext context = new RequestContext(ApiKey.DESCRIBE_GROUPS, (short) 5, 7, "test", responder);
    private final GroupCoordinator coordinator =
            new GroupCoordinator(new Shards(List.of()), List.of(), new MetadataPublisher(loop));

    @Test
    void aGroupWithoutACoordinatorIsRefused() {
        List<ErrorCode> refused = new ArrayList<>();
        GroupRequest.call(context, coordinator, "billing", groups -> {}, refused::add);
        GroupRequest.call(context, coordinator, "x".repeat(40_000), groups -> {}, refused::add);
        assertThat(refused).containsExactly(ErrorCode.NOT_COORDINATOR, ErrorCode.INVALID_GROUP_ID);
        assertThat(responder.completions()).isZero();
    }

    @Test
    void aDefectInOneGroupOfSeveralEndsTheRequestInsteadOfLeavingItUnanswered() {
        GroupRequest.call(context, coordinator, "billing", groups -> {}, error -> {
            throw new IllegalStateException("planted");
        });
        assertThat(responder.closedWhy()).contains("defect").contains("DESCRIBE_GROUPS v5");
    }
}
