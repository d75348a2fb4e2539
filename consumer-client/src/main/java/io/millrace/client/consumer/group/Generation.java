package io.millrace.client.consumer.group;

/**
 * As whom a member speaks. Immutable.
 *
 * @param id -1 outside of any generation
 * @param memberId empty until the coordinator has given one
 * @param protocol the assignor that the group chose; empty outside of any generation
 */
record Generation(int id, String memberId, String protocol) {

    static final Generation NONE = new Generation(-1, "", "");

    /** The same member, before it has joined (again). */
    static Generation joiningAs(String memberId) {
        return new Generation(-1, memberId, "");
    }

    boolean isJoined() {
        return id >= 0;
    }
}
