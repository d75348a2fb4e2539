package io.millrace.broker.group;

import io.millrace.broker.coordinator.group.GroupCoordinator;
import io.millrace.broker.request.ApiHandler;
import io.millrace.broker.request.RequestContext;
import io.millrace.broker.shard.SlotGather;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.DeleteGroupsRequest;
import io.millrace.protocol.message.DeleteGroupsResponse;
import io.millrace.protocol.message.DeleteGroupsResponse.DeletableGroupResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;

/** DeleteGroups, versions 0 to 2: groups without members go, with their offsets. */
final class DeleteGroupsHandler implements ApiHandler<DeleteGroupsRequest> {

    private final GroupCoordinator coordinator;

    DeleteGroupsHandler(GroupCoordinator coordinator) {
        this.coordinator = coordinator;
    }

    @Override
    public void handle(RequestContext context, DeleteGroupsRequest request) {
        List<String> groupIds = new ArrayList<>(new LinkedHashSet<>(request.groupsNames()));
        DeletableGroupResult[] results = new DeletableGroupResult[groupIds.size()];
        SlotGather gather = new SlotGather(
                context,
                results.length + 1,
                () -> context.answer(new DeleteGroupsResponse().results(Arrays.asList(results))));
        for (int i = 0; i < results.length; i++) {
            int slot = i;
            String groupId = groupIds.get(i);
            if (groupId.isEmpty()) {
                results[slot] = result(groupId, ErrorCode.INVALID_GROUP_ID);
                gather.slotDone();
                continue;
            }
            GroupRequest.call(
                    context,
                    coordinator,
                    groupId,
                    groups -> groups.delete(groupId, error -> {
                        results[slot] = result(groupId, error);
                        gather.slotDone();
                    }),
                    error -> {
                        results[slot] = result(groupId, error);
                        gather.slotDone();
                    });
        }
        gather.slotDone();
    }

    private static DeletableGroupResult result(String groupId, ErrorCode error) {
        return new DeletableGroupResult().groupId(groupId).errorCode(error.code());
    }
}
