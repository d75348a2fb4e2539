package io.millrace.broker.coordinator.group.classic;

import io.millrace.broker.coordinator.group.log.DecisionLog;
import io.millrace.broker.coordinator.group.state.GroupMemory;
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

    /** About what a member takes beside what it says of itself. */
    private static final int MEMBER_OVERHEAD_BYTES = 512;
    /** Its names and numbers in the group's record. */
    private static final int RECORDED_OVERHEAD_BYTES = 128;

    private final String groupId;
    private final Timeouts timeouts;
    private final GroupMemory memory;
    private long heldBytes;
    /** About what the members take in the group's record, without assignments. */
    private long recordBytes;
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

    /** @param memory is charged with the members and the ids given out */
    ClassicGroup(String groupId, Timeouts timeouts, GroupMemory memory) {
        this.groupId = groupId;
        this.memory = memory;
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
        charge(change * costBytes(member.protocols()));
        recordBytes += change * recordedBytes(member.protocols());
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

    /** About what a member with these protocols takes. */
    private static long costBytes(List<MemberProtocol> protocols) {
        long bytes = MEMBER_OVERHEAD_BYTES;
        for (MemberProtocol protocol : protocols) {
            bytes += protocol.name().length() + protocol.metadata().length;
        }
        return bytes;
    }

    /** A record holds what a member says in the one protocol that is elected. */
    private static long recordedBytes(List<MemberProtocol> protocols) {
        long longest = 0;
        for (MemberProtocol protocol : protocols) {
            longest = Math.max(longest, protocol.metadata().length);
        }
        return RECORDED_OVERHEAD_BYTES + longest;
    }

    private void charge(long bytes) {
        heldBytes += bytes;
        memory.add(bytes);
    }

    /**
     * Whether there is room for a member that says so much of itself: in the group's record and in the shard's memory.
     *
     * @param present what it said before, null for a new one
     */
    boolean hasRoomFor(List<MemberProtocol> protocols, @Nullable GroupMember present) {
        long moreBytes = costBytes(protocols) - (present == null ? 0 : costBytes(present.protocols()));
        long moreRecorded = recordedBytes(protocols) - (present == null ? 0 : recordedBytes(present.protocols()));
        return (moreRecorded <= 0 || recordBytes + moreRecorded <= DecisionLog.MAX_RECORD_BYTES)
                && memory.hasRoom(moreBytes);
    }

    /** The group is not used any more. */
    void releaseMemory() {
        charge(-heldBytes);
    }

    /** The timer that ends when the id's owner did not come. */
    Deadline addPending(String memberId) {
        Deadline deadline = new Deadline(() -> timeouts.pendingTimeIsUp(this, memberId));
        pendingIds.put(memberId, deadline);
        charge(MEMBER_OVERHEAD_BYTES);
        return deadline;
    }

    /** Its timer, to be cancelled; null when the id was not pending. */
    @Nullable
    Deadline removePending(String memberId) {
        Deadline deadline = pendingIds.remove(memberId);
        if (deadline != null) {
            charge(-MEMBER_OVERHEAD_BYTES);
        }
        return deadline;
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
