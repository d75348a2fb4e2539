package io.millrace.broker.group;

import io.millrace.broker.coordinator.group.ActiveGroups;
import io.millrace.broker.coordinator.group.GroupCoordinator;
import io.millrace.broker.request.RequestContext;
import io.millrace.broker.shard.Shards;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Message;
import io.millrace.runtime.EventLoop;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

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
        Home<R> home = new Home<>(context);
        context.whenDropped(home::forget);
        call(
                context,
                coordinator,
                groupId,
                groups -> work.accept(groups, home),
                error -> home.accept(refused.apply(error)));
    }

    /**
     * Where the answer goes. A group may keep it for as long as a rebalance takes, minutes; when the client goes first, what is kept is
     * this and not the connection. Any thread; the request is touched on its connection's loop.
     */
    private static final class Home<R extends Message> implements Consumer<R> {

        private final EventLoop loop;
        private @Nullable RequestContext context;

        Home(RequestContext context) {
            this.loop = context.loop();
            this.context = context;
        }

        void forget() {
            context = null;
        }

        @Override
        public void accept(R answer) {
            Shards.onLoop(loop, () -> give(answer));
        }

        private void give(R answer) {
            RequestContext waiting = context;
            if (waiting != null) {
                waiting.guarded(() -> waiting.answer(answer)).run();
            }
        }
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
