package io.millrace.broker.coordinator.group.classic;

import io.millrace.protocol.message.JoinGroupResponse;
import io.millrace.replication.replica.Deadline;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The part of a group that its log does not hold: who is there now, who waits, which timers run. Owned by the shard loop; it
 * exists while the group has members or has given out member ids, and is made anew from the group's last record after a start.
 *
 * <pre>
 *        join                       all joined, or time is up           the leader's assignment
 * EMPTY ------> PREPARING_REBALANCE ------------------------> COMPLETING ---------------------> STABLE
 *   ^              |      ^  ^                                    |                               |
 *   `--nobody left-'      |  `--join, leave, session over---------'                               |
 *                         `-------join with news, leave, session over, leader joins again---------'
 * </pre>
 *
 * <p>Generation, protocol and assignments are in the log's record and change only by its replay; a generation begins with a
 * record without assignments and becomes STABLE with a second one.
 */
final class ClassicGroup {

    /** What a group's timers tell. */
    interface Timeouts {

        void joinTimeIsUp(ClassicGroup group);

        void syncTimeIsUp(ClassicGroup group);

        void sessionIsOver(ClassicGroup group, String memberId);

        void pendingTimeIsUp(ClassicGroup group, String memberId);
    }

    private final String groupId;
    private final Timeouts timeouts;
    /** The end of the join phase. */
    final Deadline joinDeadline;
    /** When members that have not fetched their assignment are dropped. */
    final Deadline syncDeadline;

    private final Map<String, GroupMember> members = new LinkedHashMap<>();
    private final Map<String, String> memberByInstance = new LinkedHashMap<>();
    /** Ids that were given out (KIP-394) and whose owners have not joined with them yet. */
    private final Map<String, Deadline> pendingIds = new LinkedHashMap<>();
    /** How many members support each protocol. */
    private final Map<String, Integer> support = new LinkedHashMap<>();
    /** Members of this generation that have not fetched their assignment. */
    final Set<String> unsynced = new LinkedHashSet<>();

    private GroupPhase phase = GroupPhase.EMPTY;
    private String protocolType = "";
    private @Nullable String leaderId;
    private int awaitingJoin;
    final InitialDelay initialDelay = new InitialDelay();

    /** The wait for more members in the first rebalance of an empty group. */
    static final class InitialDelay {
        boolean running;
        boolean memberAdded;
        int leftMs;
    }

    ClassicGroup(String groupId, Timeouts timeouts) {
        this.groupId = groupId;
        this.timeouts = timeouts;
        this.joinDeadline = new Deadline(() -> timeouts.joinTimeIsUp(this));
        this.syncDeadline = new Deadline(() -> timeouts.syncTimeIsUp(this));
    }

    String groupId() {
        return groupId;
    }

    GroupPhase phase() {
        return phase;
    }

    void phase(GroupPhase next) {
        phase = next;
    }

    boolean is(GroupPhase asked) {
        return phase == asked;
    }

    /** Such as {@code consumer} or {@code connect}; empty before the first member. */
    String protocolType() {
        return protocolType;
    }

    @Nullable
    String leaderId() {
        return leaderId;
    }

    boolean isLeader(String memberId) {
        return memberId.equals(leaderId);
    }

    /** In the order in which they came. */
    Collection<GroupMember> members() {
        return Collections.unmodifiableCollection(members.values());
    }

    int size() {
        return members.size();
    }

    @Nullable
    GroupMember member(String memberId) {
        return members.get(memberId);
    }

    @Nullable
    String memberOfInstance(String instanceId) {
        return memberByInstance.get(instanceId);
    }

    GroupMember newMember(
            GroupMember.Identity identity,
            List<MemberProtocol> protocols,
            int rebalanceTimeoutMs,
            int sessionTimeoutMs) {
        String memberId = identity.memberId();
        return new GroupMember(
                identity,
                protocols,
                rebalanceTimeoutMs,
                sessionTimeoutMs,
                () -> timeouts.sessionIsOver(this, memberId));
    }

    /** The first one says the group's protocol type and leads. */
    void add(GroupMember member, String type) {
        if (members.isEmpty()) {
            protocolType = type;
        }
        if (leaderId == null) {
            leaderId = member.memberId();
        }
        members.put(member.memberId(), member);
        String instanceId = member.instanceId();
        if (instanceId != null) {
            memberByInstance.put(instanceId, member.memberId());
        }
        count(member, 1);
        if (member.isAwaitingJoin()) {
            awaitingJoin++;
        }
    }

    /** Its waiting calls are the caller's to answer, before. */
    void remove(GroupMember member) {
        String memberId = member.memberId();
        if (members.remove(memberId) == null) {
            throw new IllegalStateException(memberId + " is not in group " + groupId);
        }
        String instanceId = member.instanceId();
        if (instanceId != null) {
            memberByInstance.remove(instanceId, memberId);
        }
        count(member, -1);
        unsynced.remove(memberId);
        if (member.isAwaitingJoin()) {
            awaitingJoin--;
        }
        if (isLeader(memberId)) {
            leaderId = members.isEmpty() ? null : members.keySet().iterator().next();
        }
    }

    /** Another process has taken over a static member's place: same place in the order, same leadership, another id. */
    void replace(GroupMember old, GroupMember fresh) {
        List<GroupMember> all = new ArrayList<>(members.values());
        boolean led = isLeader(old.memberId());
        boolean synced = !unsynced.contains(old.memberId());
        remove(old);
        members.clear();
        for (GroupMember each : all) {
            if (each.memberId().equals(old.memberId())) {
                add(fresh, protocolType);
            } else {
                members.put(each.memberId(), each);
            }
        }
        if (led) {
            leaderId = fresh.memberId();
        }
        if (!synced) {
            unsynced.add(fresh.memberId());
        }
    }

    void update(GroupMember member, List<MemberProtocol> protocols, int rebalanceTimeoutMs, int sessionTimeoutMs) {
        count(member, -1);
        member.update(protocols, rebalanceTimeoutMs, sessionTimeoutMs);
        count(member, 1);
    }

    private void count(GroupMember member, int change) {
        for (MemberProtocol protocol : member.protocols()) {
            support.merge(protocol.name(), change, (present, added) -> present + added == 0 ? null : present + added);
        }
    }

    /** Lets the member wait for the join to complete; answers who waited before. */
    @Nullable
    Consumer<JoinGroupResponse> awaitJoin(GroupMember member, Consumer<JoinGroupResponse> answer) {
        Consumer<JoinGroupResponse> before = takeJoin(member);
        member.awaitJoin(answer);
        awaitingJoin++;
        return before;
    }

    @Nullable
    Consumer<JoinGroupResponse> takeJoin(GroupMember member) {
        Consumer<JoinGroupResponse> answer = member.takeJoin();
        if (answer != null) {
            awaitingJoin--;
        }
        return answer;
    }

    /** Members that wait for the join to complete. */
    int awaitingJoin() {
        return awaitingJoin;
    }

    /** Whether nobody is to be waited for. */
    boolean allJoined() {
        return awaitingJoin == members.size() && pendingIds.isEmpty();
    }

    /** Whether a member may come with these: any type into an empty group, else the group's and one protocol all share. */
    boolean accepts(String type, List<MemberProtocol> protocols) {
        if (type.isEmpty() || protocols.isEmpty()) {
            return false;
        }
        if (members.isEmpty()) {
            return true;
        }
        return type.equals(protocolType)
                && protocols.stream().anyMatch(each -> support.getOrDefault(each.name(), 0) == members.size());
    }

    /** The protocol with the most votes among those that all support; every member votes for its first such one. */
    String electProtocol() {
        return ProtocolVote.elect(
                members.values().stream().map(GroupMember::protocols).toList());
    }

    /** A leader that has joined again; the present one if it has. */
    void electLeader() {
        GroupMember leader = leaderId == null ? null : members.get(leaderId);
        if (leader != null && leader.isAwaitingJoin()) {
            return;
        }
        for (GroupMember member : members.values()) {
            if (member.isAwaitingJoin()) {
                leaderId = member.memberId();
                return;
            }
        }
    }

    void leader(@Nullable String memberId) {
        leaderId = memberId;
    }

    int longestRebalanceTimeoutMs() {
        int longest = 0;
        for (GroupMember member : members.values()) {
            longest = Math.max(longest, member.rebalanceTimeoutMs());
        }
        return longest;
    }

    /** The timer that ends when the id's owner did not come. */
    Deadline addPending(String memberId) {
        Deadline deadline = new Deadline(() -> timeouts.pendingTimeIsUp(this, memberId));
        pendingIds.put(memberId, deadline);
        return deadline;
    }

    /** Its timer, to be cancelled; null when the id was not pending. */
    @Nullable
    Deadline removePending(String memberId) {
        return pendingIds.remove(memberId);
    }

    boolean isPending(String memberId) {
        return pendingIds.containsKey(memberId);
    }

    /** Timers of all ids given out. */
    Collection<Deadline> pendings() {
        return Collections.unmodifiableCollection(pendingIds.values());
    }

    @Override
    public String toString() {
        return "ClassicGroup(" + groupId + ", " + phase + ", members=" + members.keySet() + ", leader=" + leaderId
                + ")";
    }
}
