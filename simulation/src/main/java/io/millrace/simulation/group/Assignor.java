package io.millrace.simulation.group;

import io.millrace.protocol.message.JoinGroupResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What a leader makes of the members' subscriptions. Pure. */
final class Assignor {

    private Assignor() {}

    /**
     * Eager: round robin. Cooperative: everybody keeps its fair share of what it says it owns, and what others still own is
     * given to nobody in this generation (KIP-429).
     */
    static Map<String, Set<Integer>> assign(JoinGroupResponse joined, int partitions) {
        Map<String, Set<Integer>> assigned = new LinkedHashMap<>();
        Map<Integer, String> ownerOf = new LinkedHashMap<>();
        Map<Integer, Integer> claimedIn = new LinkedHashMap<>();
        boolean cooperative = "cooperative".equals(joined.protocolName());
        for (JoinGroupResponse.JoinGroupResponseMember member : joined.members()) {
            assigned.put(member.memberId(), new TreeSet<>());
            if (cooperative) {
                claim(member, ownerOf, claimedIn);
            }
        }
        int share = (partitions + assigned.size() - 1) / assigned.size();
        for (int partition = 0; partition < partitions; partition++) {
            String owner = ownerOf.get(partition);
            if (owner != null && size(assigned, owner) < share) {
                owned(assigned, owner).add(partition);
            } else if (owner == null) {
                owned(assigned, smallest(assigned)).add(partition);
            }
        }
        return assigned;
    }

    /** Who owned a partition last: a static member that was away for a generation claims what others have got since (KIP-792). */
    private static void claim(
            JoinGroupResponse.JoinGroupResponseMember member,
            Map<Integer, String> ownerOf,
            Map<Integer, Integer> claimedIn) {
        int generation = Partitions.generation(member.metadata());
        for (int partition : Partitions.decode(member.metadata())) {
            Integer present = claimedIn.get(partition);
            if (present == null || generation > present) {
                claimedIn.put(partition, generation);
                ownerOf.put(partition, member.memberId());
            }
        }
    }

    private static String smallest(Map<String, Set<Integer>> assigned) {
        String smallest = "";
        int least = Integer.MAX_VALUE;
        for (Map.Entry<String, Set<Integer>> each : assigned.entrySet()) {
            if (each.getValue().size() < least) {
                least = each.getValue().size();
                smallest = each.getKey();
            }
        }
        return smallest;
    }

    private static int size(Map<String, Set<Integer>> assigned, String member) {
        return owned(assigned, member).size();
    }

    private static Set<Integer> owned(Map<String, Set<Integer>> assigned, String member) {
        Set<Integer> owned = assigned.get(member);
        if (owned == null) {
            throw new GroupViolation("a leader was told a member twice or not at all: " + member);
        }
        return owned;
    }
}
