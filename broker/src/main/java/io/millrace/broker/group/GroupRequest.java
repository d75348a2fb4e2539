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
                context,
                coordinator,
                groupId,
                groups -> work.accept(groups, home),
                error -> home.accept(refused.apply(error)));
    }

    /** One of several groups that a request asks of; what either consumer throws breaks the request. */
    static void call(
            RequestContext context,
            GroupCoordinator coordinator,
            String groupId,
            Consumer<ActiveGroups> served,
            Consumer<ErrorCode> refused) {
        coordinator.call(groupId, new GroupCoordinator.Call() {
            @Override
            public void serve(ActiveGroups groups) {
                context.guarded(() -> served.accept(groups)).run();
            }

            @Override
            public void refused(ErrorCode error) {
                context.guarded(() -> refused.accept(error)).run();
            }
        });
    }
}
