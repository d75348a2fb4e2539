package io.millrace.broker.group;

import io.millrace.broker.coordinator.group.GroupCoordinator;
import io.millrace.broker.coordinator.group.classic.GroupPhase;
import io.millrace.broker.request.AllowedOperations;
import io.millrace.broker.request.ApiHandler;
import io.millrace.broker.request.RequestContext;
import io.millrace.broker.shard.SlotGather;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.DescribeGroupsRequest;
import io.millrace.protocol.message.DescribeGroupsResponse;
import io.millrace.protocol.message.DescribeGroupsResponse.DescribedGroup;
import java.util.Arrays;
import java.util.List;

/** DescribeGroups, versions 0 to 6: members and assignments of groups. */
final class DescribeGroupsHandler implements ApiHandler<DescribeGroupsRequest> {

    /** KIP-1043; before, a group that does not exist is said to be dead. */
    private static final int FIRST_NOT_FOUND_VERSION = 6;

    private final GroupCoordinator coordinator;

    DescribeGroupsHandler(GroupCoordinator coordinator) {
        this.coordinator = coordinator;
    }

    @Override
    public void handle(RequestContext context, DescribeGroupsRequest request) {
        List<String> asked = request.groups();
        DescribedGroup[] answers = new DescribedGroup[asked.size()];
        SlotGather gather = new SlotGather(
                context,
                answers.length + 1,
                () -> context.answer(new DescribeGroupsResponse().groups(Arrays.asList(answers))));
        for (int i = 0; i < answers.length; i++) {
            int slot = i;
            String groupId = asked.get(i);
            GroupRequest.call(
                    context,
                    coordinator,
                    groupId,
                    groups -> groups.describe(groupId, described -> {
                        answers[slot] = finished(context, request, described);
                        gather.slotDone();
                    }),
                    error -> {
                        answers[slot] = new DescribedGroup().groupId(groupId).errorCode(error.code());
                        gather.slotDone();
                    });
        }
        gather.slotDone();
    }

    private static DescribedGroup finished(
            RequestContext context, DescribeGroupsRequest request, DescribedGroup described) {
        if (context.version() >= FIRST_NOT_FOUND_VERSION
                && described.groupState().equals(GroupPhase.DEAD.text())) {
            described
                    .errorCode(ErrorCode.GROUP_ID_NOT_FOUND.code())
                    .errorMessage("Group " + described.groupId() + " not found.");
        } else if (request.includeAuthorizedOperations()) {
            described.authorizedOperations(AllowedOperations.GROUP);
        }
        return described;
    }
}
