package io.millrace.tools.group;

import io.millrace.client.admin.Admin;
import io.millrace.client.admin.group.GroupListing;
import io.millrace.client.error.ClientException;
import io.millrace.tools.shell.Outcome;
import io.millrace.tools.topic.TopicNames;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;

/** What to tell somebody who named a group that does not exist. */
final class GroupNames {

    private GroupNames() {}

    /** In words that help: with the nearest existing name, when one is near. */
    static String missing(Admin admin, String groupId) {
        String fact = "there is no group '" + groupId + "'";
        try {
            List<String> names = Outcome.of(admin.groups().list(Set.of(), Set.of())).stream()
                    .map(GroupListing::groupId)
                    .toList();
            String nearest = TopicNames.nearest(groupId, names);
            return nearest == null
                    ? fact + "; millrace group list shows those there are"
                    : fact + "; did you mean '" + nearest + "'?";
        } catch (ClientException | CompletionException e) {
            return fact;
        }
    }
}
