package io.millrace.protocol;

/**
 * Every error code of the Kafka protocol, by number. Clients act on the numbers, so they are Kafka's; the texts are our own.
 *
 * <p>Immutable; {@link #of(short)} finds a constant by its number.
 */
public enum ErrorCode {
    UNKNOWN_SERVER_ERROR(-1, Retry.NO, "The broker failed in a way it has no code for; its log says more"),
    NONE(0, Retry.NO, "No error"),
    OFFSET_OUT_OF_RANGE(1, Retry.NO, "The offset is outside what the partition's log holds"),
    CORRUPT_MESSAGE(2, Retry.YES, "A record batch failed its checksum or structure check"),
    UNKNOWN_TOPIC_OR_PARTITION(
            3, Retry.YES, "This broker does not know the topic or partition, or the caller may not see it"),
    INVALID_FETCH_SIZE(4, Retry.NO, "The fetch size is not allowed"),
    LEADER_NOT_AVAILABLE(5, Retry.YES, "The partition has no leader at the moment"),
    NOT_LEADER_OR_FOLLOWER(6, Retry.YES, "This broker does not lead the partition, or holds no replica of it"),
    REQUEST_TIMED_OUT(7, Retry.YES, "The request was not finished within its time limit"),
    BROKER_NOT_AVAILABLE(8, Retry.NO, "The broker is not reachable"),
    REPLICA_NOT_AVAILABLE(9, Retry.YES, "The replica is not reachable on this broker"),
    MESSAGE_TOO_LARGE(10, Retry.NO, "A record batch is larger than the topic allows"),
    STALE_CONTROLLER_EPOCH(11, Retry.NO, "A request came from a controller of an older epoch"),
    OFFSET_METADATA_TOO_LARGE(12, Retry.NO, "The metadata string of an offset commit is too long"),
    NETWORK_EXCEPTION(13, Retry.YES, "The connection broke before the answer came"),
    COORDINATOR_LOAD_IN_PROGRESS(14, Retry.YES, "The coordinator is still loading the state of its partition"),
    COORDINATOR_NOT_AVAILABLE(15, Retry.YES, "There is no coordinator to turn to at the moment"),
    NOT_COORDINATOR(16, Retry.YES, "This broker is not the coordinator for that id"),
    INVALID_TOPIC_EXCEPTION(
            17, Retry.NO, "The topic name is not legal, or the topic is internal and may not be written"),
    RECORD_LIST_TOO_LARGE(18, Retry.NO, "The request holds more record data than a segment can take"),
    NOT_ENOUGH_REPLICAS(19, Retry.YES, "Fewer replicas are in sync than the topic requires, so nothing was appended"),
    NOT_ENOUGH_REPLICAS_AFTER_APPEND(
            20, Retry.YES, "The records were appended, but then too few replicas were in sync to count them as safe"),
    INVALID_REQUIRED_ACKS(21, Retry.NO, "acks must be 0, 1 or -1 (all)"),
    ILLEGAL_GENERATION(22, Retry.NO, "The member speaks of another generation of its group"),
    INCONSISTENT_GROUP_PROTOCOL(
            23, Retry.NO, "The group's members share no protocol with this one, or its protocol type differs"),
    INVALID_GROUP_ID(24, Retry.NO, "The group id is empty or not legal"),
    UNKNOWN_MEMBER_ID(25, Retry.NO, "The coordinator does not know this member"),
    INVALID_SESSION_TIMEOUT(26, Retry.NO, "The session timeout is outside the limits the broker sets"),
    REBALANCE_IN_PROGRESS(27, Retry.NO, "The group is rebalancing; the member has to join again"),
    INVALID_COMMIT_OFFSET_SIZE(28, Retry.NO, "The offset commit would make a record that is too large"),
    TOPIC_AUTHORIZATION_FAILED(29, Retry.NO, "Not allowed to do this with the topic"),
    GROUP_AUTHORIZATION_FAILED(30, Retry.NO, "Not allowed to do this with the group"),
    CLUSTER_AUTHORIZATION_FAILED(31, Retry.NO, "Not allowed to do this with the cluster"),
    INVALID_TIMESTAMP(32, Retry.NO, "A record's timestamp is outside the limits the topic sets"),
    UNSUPPORTED_SASL_MECHANISM(33, Retry.NO, "The broker does not offer this SASL mechanism"),
    ILLEGAL_SASL_STATE(34, Retry.NO, "The request does not fit the state of the SASL exchange"),
    UNSUPPORTED_VERSION(35, Retry.NO, "The broker does not support this version of the request"),
    TOPIC_ALREADY_EXISTS(36, Retry.NO, "A topic of this name exists already"),
    INVALID_PARTITIONS(37, Retry.NO, "The number of partitions is not possible"),
    INVALID_REPLICATION_FACTOR(38, Retry.NO, "The replication factor is below 1 or above the number of brokers"),
    INVALID_REPLICA_ASSIGNMENT(39, Retry.NO, "The assignment of replicas is not consistent or names unknown brokers"),
    INVALID_CONFIG(40, Retry.NO, "A configuration key or value is not valid"),
    NOT_CONTROLLER(41, Retry.YES, "This broker is not the controller"),
    INVALID_REQUEST(42, Retry.NO, "The request contradicts itself or lacks something it needs"),
    UNSUPPORTED_FOR_MESSAGE_FORMAT(43, Retry.NO, "The stored or sent record format cannot do what was asked"),
    POLICY_VIOLATION(44, Retry.NO, "A policy of the operator refused the request"),
    OUT_OF_ORDER_SEQUENCE_NUMBER(45, Retry.NO, "The producer's sequence number leaves a gap"),
    DUPLICATE_SEQUENCE_NUMBER(46, Retry.NO, "The producer sent a sequence number that is appended already"),
    INVALID_PRODUCER_EPOCH(47, Retry.NO, "A newer instance of this producer exists"),
    INVALID_TXN_STATE(48, Retry.NO, "The transaction is not in a state in which this can be done"),
    INVALID_PRODUCER_ID_MAPPING(49, Retry.NO, "The producer id does not belong to this transactional id"),
    INVALID_TRANSACTION_TIMEOUT(50, Retry.NO, "The transaction timeout is above what the broker allows"),
    CONCURRENT_TRANSACTIONS(51, Retry.YES, "Another operation on this transaction is still running"),
    TRANSACTION_COORDINATOR_FENCED(52, Retry.NO, "The transaction coordinator that sent this has been replaced"),
    TRANSACTIONAL_ID_AUTHORIZATION_FAILED(53, Retry.NO, "Not allowed to use this transactional id"),
    SECURITY_DISABLED(54, Retry.NO, "Security features are not switched on at this broker"),
    OPERATION_NOT_ATTEMPTED(
            55, Retry.NO, "The broker did not try this part of the request because another part failed"),
    KAFKA_STORAGE_ERROR(
            56, Retry.YES, "Reading or writing the log failed at the disk; the broker's log names the directory"),
    LOG_DIR_NOT_FOUND(57, Retry.NO, "The broker has no such log directory"),
    SASL_AUTHENTICATION_FAILED(58, Retry.NO, "Authentication failed"),
    UNKNOWN_PRODUCER_ID(59, Retry.NO, "The broker remembers nothing of this producer id on the partition"),
    REASSIGNMENT_IN_PROGRESS(60, Retry.NO, "Replicas of the partition are being moved already"),
    DELEGATION_TOKEN_AUTH_DISABLED(61, Retry.NO, "Delegation tokens are not switched on at this broker"),
    DELEGATION_TOKEN_NOT_FOUND(62, Retry.NO, "The broker knows no such delegation token"),
    DELEGATION_TOKEN_OWNER_MISMATCH(63, Retry.NO, "The token belongs to another principal"),
    DELEGATION_TOKEN_REQUEST_NOT_ALLOWED(64, Retry.NO, "Delegation tokens cannot be handled over this connection"),
    DELEGATION_TOKEN_AUTHORIZATION_FAILED(65, Retry.NO, "Not allowed to do this with the delegation token"),
    DELEGATION_TOKEN_EXPIRED(66, Retry.NO, "The delegation token has expired"),
    INVALID_PRINCIPAL_TYPE(67, Retry.NO, "The type of the principal is not supported"),
    NON_EMPTY_GROUP(68, Retry.NO, "The group still has members or data"),
    GROUP_ID_NOT_FOUND(69, Retry.NO, "The coordinator knows no group of this id"),
    FETCH_SESSION_ID_NOT_FOUND(70, Retry.YES, "The broker no longer holds this fetch session"),
    INVALID_FETCH_SESSION_EPOCH(71, Retry.YES, "The epoch of the fetch session is not the expected one"),
    LISTENER_NOT_FOUND(72, Retry.YES, "The leader's broker has no listener of the name that was used"),
    TOPIC_DELETION_DISABLED(73, Retry.NO, "Deleting topics is switched off"),
    FENCED_LEADER_EPOCH(74, Retry.YES, "The leader epoch in the request is older than the broker's"),
    UNKNOWN_LEADER_EPOCH(75, Retry.YES, "The leader epoch in the request is newer than the broker's"),
    UNSUPPORTED_COMPRESSION_TYPE(76, Retry.NO, "This version of the client cannot read the compression used"),
    STALE_BROKER_EPOCH(77, Retry.NO, "The broker's registration has been replaced by a newer one"),
    OFFSET_NOT_AVAILABLE(78, Retry.YES, "The leader cannot tell this offset yet"),
    MEMBER_ID_REQUIRED(79, Retry.NO, "The group wants the member to join again with the id given here"),
    PREFERRED_LEADER_NOT_AVAILABLE(80, Retry.YES, "The preferred leader is not able to lead now"),
    GROUP_MAX_SIZE_REACHED(81, Retry.NO, "The group has reached its largest size"),
    FENCED_INSTANCE_ID(82, Retry.NO, "Another consumer with the same static instance id has taken over"),
    ELIGIBLE_LEADERS_NOT_AVAILABLE(83, Retry.YES, "No eligible replica is able to lead now"),
    ELECTION_NOT_NEEDED(84, Retry.YES, "The partition has the wanted leader already"),
    NO_REASSIGNMENT_IN_PROGRESS(85, Retry.NO, "No move of replicas is under way for the partition"),
    GROUP_SUBSCRIBED_TO_TOPIC(86, Retry.NO, "A member of the group is subscribed to the topic"),
    INVALID_RECORD(87, Retry.NO, "A record was refused by validation"),
    UNSTABLE_OFFSET_COMMIT(88, Retry.YES, "Open transactions may still change the offsets asked for"),
    THROTTLING_QUOTA_EXCEEDED(89, Retry.YES, "A quota of the broker is used up"),
    PRODUCER_FENCED(90, Retry.NO, "A newer producer with the same transactional id has taken over"),
    RESOURCE_NOT_FOUND(91, Retry.NO, "The broker knows nothing of that name"),
    DUPLICATE_RESOURCE(92, Retry.NO, "The same resource is named twice"),
    UNACCEPTABLE_CREDENTIAL(93, Retry.NO, "The credential does not meet the broker's rules"),
    INCONSISTENT_VOTER_SET(94, Retry.NO, "The set of voters in the request is not the one the receiver knows"),
    INVALID_UPDATE_VERSION(95, Retry.NO, "The update was made from a version of the state that is no longer current"),
    FEATURE_UPDATE_FAILED(96, Retry.NO, "The features could not be updated"),
    PRINCIPAL_DESERIALIZATION_FAILURE(97, Retry.NO, "The forwarded principal could not be decoded"),
    SNAPSHOT_NOT_FOUND(98, Retry.NO, "There is no snapshot of this id"),
    POSITION_OUT_OF_RANGE(99, Retry.NO, "The position lies outside the snapshot"),
    UNKNOWN_TOPIC_ID(100, Retry.YES, "This broker does not know the topic id"),
    DUPLICATE_BROKER_REGISTRATION(101, Retry.NO, "A broker with this id is registered and alive"),
    BROKER_ID_NOT_REGISTERED(102, Retry.NO, "No broker of this id is registered"),
    INCONSISTENT_TOPIC_ID(103, Retry.YES, "The topic id in the request is not the one in the log"),
    INCONSISTENT_CLUSTER_ID(104, Retry.NO, "The cluster id in the request is not this cluster's"),
    TRANSACTIONAL_ID_NOT_FOUND(105, Retry.NO, "The coordinator knows no such transactional id"),
    FETCH_SESSION_TOPIC_ID_ERROR(106, Retry.YES, "The fetch session mixes topic ids and topic names"),
    INELIGIBLE_REPLICA(107, Retry.NO, "The replica named for the in-sync set is not allowed in it"),
    NEW_LEADER_ELECTED(108, Retry.NO, "The change was made, and it gave the partition another leader"),
    OFFSET_MOVED_TO_TIERED_STORAGE(109, Retry.NO, "The offset lies in tiered storage now"),
    FENCED_MEMBER_EPOCH(110, Retry.NO, "The coordinator fenced this member's epoch; the member has to join anew"),
    UNRELEASED_INSTANCE_ID(111, Retry.NO, "The static instance id is still held by a member that has not left"),
    UNSUPPORTED_ASSIGNOR(112, Retry.NO, "The coordinator does not know this assignor"),
    STALE_MEMBER_EPOCH(113, Retry.NO, "The member's epoch is behind the group's"),
    MISMATCHED_ENDPOINT_TYPE(114, Retry.NO, "The request went to a listener for another kind of peer"),
    UNSUPPORTED_ENDPOINT_TYPE(115, Retry.NO, "This kind of endpoint is not supported here"),
    UNKNOWN_CONTROLLER_ID(116, Retry.NO, "The id of the controller is not known"),
    UNKNOWN_SUBSCRIPTION_ID(117, Retry.NO, "The client's telemetry subscription is out of date"),
    TELEMETRY_TOO_LARGE(118, Retry.NO, "The telemetry in the request is too large"),
    INVALID_REGISTRATION(119, Retry.NO, "The controller refused the registration"),
    TRANSACTION_ABORTABLE(120, Retry.NO, "The transaction cannot go on and has to be aborted"),
    INVALID_RECORD_STATE(121, Retry.NO, "The record is not in a state in which this can be done for the share group"),
    SHARE_SESSION_NOT_FOUND(122, Retry.YES, "The broker no longer holds this share session"),
    INVALID_SHARE_SESSION_EPOCH(123, Retry.YES, "The epoch of the share session is not the expected one"),
    FENCED_STATE_EPOCH(124, Retry.NO, "A newer epoch of the share group's state exists"),
    INVALID_VOTER_KEY(125, Retry.NO, "The key of the voter does not fit"),
    DUPLICATE_VOTER(126, Retry.NO, "The voter is in the set already"),
    VOTER_NOT_FOUND(127, Retry.NO, "The voter is not in the set"),
    INVALID_REGULAR_EXPRESSION(128, Retry.NO, "The regular expression cannot be parsed"),
    REBOOTSTRAP_REQUIRED(129, Retry.NO, "The client has to start over from its bootstrap servers"),
    STREAMS_INVALID_TOPOLOGY(130, Retry.NO, "The streams topology is not valid"),
    STREAMS_INVALID_TOPOLOGY_EPOCH(131, Retry.NO, "The epoch of the streams topology is not valid"),
    STREAMS_TOPOLOGY_FENCED(132, Retry.NO, "A newer topology has replaced this one"),
    SHARE_SESSION_LIMIT_REACHED(133, Retry.YES, "The broker holds as many share sessions as it may");

    private enum Retry {
        YES,
        NO
    }

    private static final int LOWEST = -1;
    private static final ErrorCode[] BY_CODE = byCode();

    private final short code;
    private final boolean retriable;
    private final String message;

    ErrorCode(int code, Retry retry, String message) {
        this.code = (short) code;
        this.retriable = retry == Retry.YES;
        this.message = message;
    }

    private static ErrorCode[] byCode() {
        ErrorCode[] all = values();
        ErrorCode[] table = new ErrorCode[all.length];
        for (ErrorCode error : all) {
            table[error.code - LOWEST] = error;
        }
        return table;
    }

    /** The constant with this number; {@link #UNKNOWN_SERVER_ERROR} for a number that nobody has defined yet. */
    public static ErrorCode of(short code) {
        int index = code - LOWEST;
        return index < 0 || index >= BY_CODE.length ? UNKNOWN_SERVER_ERROR : BY_CODE[index];
    }

    /** The number on the wire. */
    public short code() {
        return code;
    }

    /** Whether Kafka's clients try again by themselves when they see this code. */
    public boolean retriable() {
        return retriable;
    }

    /** What is wrong, in one sentence without a final stop. */
    public String message() {
        return message;
    }
}
