package io.millrace.broker.group;

import io.millrace.broker.coordinator.group.ActiveGroups;
import io.millrace.broker.coordinator.group.GroupCoordinator;
import io.millrace.broker.request.RequestContext;
import io.millrace.broker.shard.Shards;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Message;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/** How a request goes to its group's shard and its answer back. Stateless. */
final class GroupRequest {

    private GroupRequest() {}

    /**
     * Runs {@code work} where the group is.
     *
     * @param work gives its answer once, on that shard's loop
     * @param refused makes the answer when nobody there serves
     */
    static <R extends Message> void run(
            RequestContext context,
            GroupCoordinator coordinator,
            String groupId,
            BiConsumer<ActiveGroups, Consumer<R>> work,
            Function<ErrorCode, R> refused) {
        Consumer<R> home = answer -> Shards.onLoop(context.loop(), context.guarded(() -> context.answer(answer)));
        call(
                coordinator,
                groupId,
                groups -> context.guarded(() -> work.accept(groups, home)).run(),
                error -> home.accept(refused.apply(error)));
    }

    static void call(
            GroupCoordinator coordinator, String groupId, Consumer<ActiveGroups> served, Consumer<ErrorCode> refused) {
        coordinator.call(groupId, new GroupCoordinator.Call() {
            @Override
            public void serve(ActiveGroups groups) {
                served.accept(groups);
            }

            @Override
            public void refused(ErrorCode error) {
                refused.accept(error);
            }
        });
    }
}
