package io.millrace.broker.group;

import io.millrace.broker.coordinator.group.GroupCoordinator;
import io.millrace.broker.request.ApiHandler;
import io.millrace.broker.request.RequestContext;
import io.millrace.protocol.message.ListGroupsRequest;
import io.millrace.protocol.message.ListGroupsResponse;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** ListGroups, versions 0 to 5: the groups of this broker, by state from version 4 on, by type from version 5 on. */
final class ListGroupsHandler implements ApiHandler<ListGroupsRequest> {

    private final GroupCoordinator coordinator;

    ListGroupsHandler(GroupCoordinator coordinator) {
        this.coordinator = coordinator;
    }

    @Override
    public void handle(RequestContext context, ListGroupsRequest request) {
        Set<String> states = lowerCase(request.statesFilter());
        Set<String> types = lowerCase(request.typesFilter());
        coordinator.list(
                context.loop(),
                (groups, error) -> context.guarded(() -> {
                            groups.removeIf(group ->
                                    !matches(states, group.groupState()) || !matches(types, group.groupType()));
                            context.answer(new ListGroupsResponse()
                                    .errorCode(error.code())
                                    .groups(groups));
                        })
                        .run());
    }

    /** Nothing asked for is everything asked for. */
    private static boolean matches(Set<String> filter, String value) {
        return filter.isEmpty() || filter.contains(value.toLowerCase(Locale.ROOT));
    }

    private static Set<String> lowerCase(List<String> words) {
        return words.stream().map(word -> word.toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
    }
}
